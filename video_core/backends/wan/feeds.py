"""What a transformer is given at every step besides the prompt: one feed per way of conditioning.

Knows diffusers' call arguments of the Wan transformers and the adapters that fill them. Does not know the loop or where models run.
Latents are (1,C,T,h,w). Sources: diffusers' pipelines of the same models; the adapters name the papers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import torch


class Feed(Protocol):
    """One clip's condition."""

    lead: int
    """Latent frames in front of the clip that are dropped before decoding."""

    def arguments(self, latents: torch.Tensor, t: torch.Tensor, *, unconditional: bool) -> dict[str, Any]:
        """The transformer's arguments but the prompt; `unconditional` for the pass that guidance moves away from."""
        ...

    def held(self, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        """The latents with what is given put back, at noise level `sigma` (0: clean)."""
        ...


@dataclass
class TextFeed:
    """Noise alone; frames handed over are kept by putting them back, with the right noise, after every step."""

    known: torch.Tensor | None = None
    """(1,C,k,h,w) normalised latents of the first frames."""
    noise: torch.Tensor | None = None
    lead: int = 0

    def arguments(self, latents: torch.Tensor, t: torch.Tensor, *, unconditional: bool) -> dict[str, Any]:
        return {"hidden_states": latents, "timestep": t.expand(len(latents))}

    def held(self, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        if self.known is None or self.noise is None:
            return latents
        count = self.known.shape[2]
        given = (1 - sigma) * self.known.to(latents) + sigma * self.noise[:, :, :count].to(latents)
        return torch.cat([given, latents[:, :, count:]], dim=2)


@dataclass
class ImageFeed:
    """20 channels beside the noise, and the CLIP features of the first picture (or of first and last)."""

    condition: torch.Tensor
    """(1,20,T,h,w)."""
    image: torch.Tensor | None = None
    """(n,tokens,D), n pictures."""
    extra: dict[str, torch.Tensor] = field(default_factory=dict)
    """Further arguments of the transformer (Wan-Animate's pose)."""
    faces: torch.Tensor | None = None
    """(1,3,F,S,S) in [-1, 1]: Wan-Animate's face pixels, blank in the unconditional pass."""
    lead: int = 0

    def arguments(self, latents: torch.Tensor, t: torch.Tensor, *, unconditional: bool) -> dict[str, Any]:
        inputs = torch.cat([latents, self.condition.to(latents)], dim=1)
        given: dict[str, Any] = {"hidden_states": inputs, "timestep": t.expand(len(latents)), **self.extra}
        if self.image is not None:
            given["encoder_hidden_states_image"] = self.image
        if self.faces is not None:
            given["face_pixel_values"] = torch.full_like(self.faces, -1.0) if unconditional else self.faces
        return given

    def held(self, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        return latents


@dataclass
class ControlFeed:
    """VACE: 96 channels of control; references are latent frames in front."""

    control: torch.Tensor
    """(1,96,R+T,h,w)."""
    strength: float
    layers: int
    lead: int = 0

    def arguments(self, latents: torch.Tensor, t: torch.Tensor, *, unconditional: bool) -> dict[str, Any]:
        scale = torch.full((self.layers,), self.strength, device=latents.device, dtype=self.control.dtype)
        return {
            "hidden_states": latents, "timestep": t.expand(len(latents)), "control_hidden_states": self.control,
            "control_hidden_states_scale": scale,
        }  # fmt: skip

    def held(self, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        return latents


@dataclass
class CleanFirstFeed:
    """TI2V-5B: the first latent frame is given clean and its tokens are told so."""

    condition: Any
    """`video_core.adapters.ti2v.TI2VCondition`."""
    first: torch.Tensor
    """(1,48,1,h,w)."""
    lead: int = 0

    def arguments(self, latents: torch.Tensor, t: torch.Tensor, *, unconditional: bool) -> dict[str, Any]:
        inputs = self.condition.model_input(self.first.to(latents), latents)
        return {"hidden_states": inputs, "timestep": self.condition.timesteps(t).expand(len(latents), -1)}

    def held(self, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        return self.condition.model_input(self.first.to(latents), latents) if sigma == 0 else latents
