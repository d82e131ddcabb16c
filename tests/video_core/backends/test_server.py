"""The `server` backend against a server that plays every fault: what is sent, what comes back, what is said of each control."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from shotplan.errors import RenderError
from tests.video_core import puppets
from tests.video_core.backends.video_server import VideoServer, square_film
from video_core.backends import BUILT_IN, make_backend
from video_core.backends.backend import NeedsKeyFrames
from video_core.backends.server import ServerBackend, ServerSettings
from video_core.backends.server_client import Request, ServerBusy, base_url
from video_core.backends.server_client import VideoServer as Client
from video_core.backends.server_frames import Film, decode, fitted, picture_for
from video_core.conditioning import Conditioning
from video_core.rasterise import condition

SIZE = (64, 96)


@pytest.fixture(scope="module")
def bundle() -> Conditioning:
    """13 frames of the fox's jump."""
    made = condition(puppets.fox_jump(13), size=SIZE, seed=5)
    return dataclasses.replace(made, scene=made.scene.model_copy(update={"prompt": "a fox jumps", "negative_prompt": "blurry"}))


@pytest.fixture
def server() -> Iterator[VideoServer]:
    with VideoServer() as running:
        yield running


@pytest.fixture
def backend(server: VideoServer, tmp_path: Path) -> Callable[..., ServerBackend]:
    def make(**more: Any) -> ServerBackend:
        settings = {"url": server.url, "poll": 0.005, "silence": 0.4, "timeout": 20.0, "cache": str(tmp_path)} | more
        return ServerBackend(ServerSettings(**settings))

    return make


def with_key_frame(bundle: Conditioning, *numbers: int) -> Conditioning:
    pictures = np.stack([np.full((*bundle.size, 3), 40 + 10 * n, np.uint8) for n in range(len(numbers))])
    return dataclasses.replace(bundle, key_frames=pictures, key_frame_numbers=np.array(numbers, np.int32))


def uses(clip: Any) -> dict[str, tuple[str, str]]:
    return {use.control.replace("job of s01", "job"): (use.use, use.reason) for use in clip.report}


def test_prompt_size_length_seed_and_settings_are_sent_and_the_film_comes_back(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    heard: list[tuple[int, int]] = []
    clip = backend(steps=4, guidance=1.0, shift=5.0).render(bundle, progress=lambda done, total: heard.append((done, total)))
    assert clip.frames.shape == (13, *SIZE, 3)
    assert clip.fps == bundle.scene.fps
    sent = server.created[0]
    assert sent["prompt"] == "a fox jumps"
    assert sent["negative_prompt"] == "blurry"
    assert (sent["size"], sent["width"], sent["height"], sent["num_frames"]) == ("96x64", "96", "64", "13")
    assert (sent["fps"], sent["seed"], sent["model"]) == (str(bundle.scene.fps), "5", server.model)
    assert (sent["num_inference_steps"], sent["guidance_scale"], sent["flow_shift"]) == ("4", "1.0", "5.0")
    assert not server.pictures
    bright = [int(np.argmax(frame[20].mean(-1) > 200)) for frame in clip.frames]
    assert bright == sorted(bright), "the square does not move as the server drew it"
    assert heard[-1] == (1000, 1000)


def test_every_control_of_the_bundle_is_accounted_for(backend: Callable[..., ServerBackend], bundle: Conditioning) -> None:
    said = uses(backend().render(with_key_frame(bundle, 0, 12)))
    for control in ("prompt", "negative_prompt", "seed", "fps", "length", "size", "key frame 0"):
        assert said[control][0] == "honoured", control
    for control in ("joints", "inverse_depth", "instance_ids", "boxes", "tracks", "motion_score", "later key frames"):
        assert said[control][0] == "ignored", control
        assert "/v1/videos" in said[control][1], control
    for control in ("camera", "expressions", "style, time, weather"):
        assert said[control][0] == "approximated", control


def test_the_key_frame_of_frame_0_is_sent_as_a_picture(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    backend().render(with_key_frame(bundle, 0))
    picture = cv2.imdecode(np.frombuffer(server.pictures[0], np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (*SIZE, 3)
    assert int(picture.mean()) == 40


def test_an_image_to_video_model_asks_for_a_key_frame_and_refuses_a_shot_without(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    server.model = "Wan-AI/Wan2.2-I2V-A14B-Diffusers"
    animated = backend()
    assert isinstance(animated, NeedsKeyFrames)
    assert animated.key_frames_needed(13) == (0,)
    with pytest.raises(RenderError, match="no key frame 0"):
        animated.render(bundle)
    assert backend(picture="none").key_frames_needed(13) == ()
    assert not server.created


def test_a_character_reference_can_be_the_picture(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning, tmp_path: Path
) -> None:
    path = tmp_path / "fox.png"
    cv2.imwrite(str(path), np.full((40, 40, 3), 200, np.uint8))
    actor = bundle.scene.actors[0].model_copy(update={"references": (str(path),)})
    known = dataclasses.replace(bundle, scene=bundle.scene.model_copy(update={"actors": (actor, *bundle.scene.actors[1:])}))
    assert uses(backend().render(known))["references"][0] == "ignored"
    assert not server.pictures
    assert uses(backend(picture="reference").render(known))["references"][0] == "approximated"
    assert len(server.pictures) == 1
    path.write_bytes(b"nothing")
    with pytest.raises(RenderError, match="reference picture"):
        backend(picture="reference").render(known)


def test_a_length_that_is_not_4n_plus_1_and_an_odd_size_are_asked_for_larger_and_said(
    server: VideoServer, backend: Callable[..., ServerBackend]
) -> None:
    odd = condition(puppets.fox_jump(11), size=(60, 100), seed=1)
    clip = backend().render(odd)
    assert clip.frames.shape == (11, 60, 100, 3)
    assert (server.created[0]["num_frames"], server.created[0]["size"]) == ("13", "96x64")
    said = uses(clip)
    assert said["length"][0] == said["size"][0] == "approximated"


@pytest.mark.parametrize(("model", "asked"), [("Wan2.2-TI2V-5B", "128x128"), ("Wan2.2-I2V-A14B", "144x112")])
def test_a_size_is_asked_for_that_the_model_can_draw(
    server: VideoServer, backend: Callable[..., ServerBackend], model: str, asked: str
) -> None:
    server.model = model
    shot = with_key_frame(condition(puppets.fox_jump(5), size=(112, 144), seed=1), 0)
    clip = backend().render(shot)
    assert server.created[0]["size"] == asked
    assert uses(clip)["size"][0] == ("honoured" if asked == "144x112" else "approximated")
    assert np.abs(clip.frames[0].astype(int) - 40).mean() < 8, "the key frame has bars"


def test_a_long_shot_is_several_clips_that_hand_over_their_last_frame(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    clip = backend(clip_frames=9).render(with_key_frame(bundle, 0))
    assert clip.frames.shape[0] == 13
    assert [sent["num_frames"] for sent in server.created] == ["9", "9"]
    assert [sent["seed"] for sent in server.created] == ["5", "6"]
    assert len(server.pictures) == 2
    handed = cv2.imdecode(np.frombuffer(server.pictures[1], np.uint8), cv2.IMREAD_COLOR)
    assert handed[20, -4:].mean() > 150, "the second clip did not get the end of the first"
    assert "2 clips" in uses(clip)["length"][1]


@pytest.mark.parametrize(
    ("faults", "jobs"),
    [
        ({"create": [503, 429, "drop", 500]}, 1),
        ({"status": [502, "html", "drop", 429]}, 1),
        ({"content": [503, "drop", "empty"]}, 1),
        ({"status": [None, "lose"]}, 2),
        ({"content": ["lose"]}, 2),
        ({"content": ["garbage"]}, 1),
        ({"content": ["garbage", "garbage"]}, 2),
        ({"status": ["fail"]}, 2),
        ({"status": [None, "omni"]}, 2),
        ({"status": ["lose", None, "fail"]}, 3),
        ({"create": ["html"], "models": [503]}, 1),
    ],
)
def test_passing_faults_are_survived(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning, faults: dict[str, list[Any]], jobs: int
) -> None:
    drawing = backend(silence=5.0)
    if "models" in faults:
        drawing = backend(silence=5.0, model="any")
        server.model = "any"
        faults = {k: v for k, v in faults.items() if k != "models"}
    server.faults = {k: list(v) for k, v in faults.items()}
    clip = drawing.render(bundle)
    assert clip.frames.shape == (13, *SIZE, 3)
    assert len(server.created) == jobs
    notes = uses(clip)["job"][1].split("; ") if jobs > 1 else []
    assert len(notes) == jobs - 1, "a job that was made again is not reported"
    assert jobs > 1 or "job" not in uses(clip)


def test_a_server_that_always_loses_its_jobs_ends_in_one_line(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    server.faults = {"status": ["lose"] * 20}
    with pytest.raises(RenderError, match=r"after 3 attempts.*lost the job"):
        backend().render(bundle)
    assert len(server.created) == 3


def test_a_job_that_fails_each_time_ends_with_the_servers_own_words(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    server.faults = {"status": ["fail"] * 20}
    with pytest.raises(RenderError, match="CUDA out of memory"):
        backend(attempts=2).render(bundle)
    assert len(server.created) == 2


def test_a_failed_job_of_vllm_omni_is_heard_at_once_although_it_comes_as_an_error_500(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    server.faults = {"status": ["omni"] * 20}
    with pytest.raises(RenderError, match="gave the job up: CUDA out of memory"):
        backend(attempts=2).render(bundle)
    assert server.asked.count("status") == 2, "a job that has failed was asked for again"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "socks://127.0.0.1:9", "http://127.0.0.1:9"])
def test_a_server_on_this_machine_is_not_reached_through_a_proxy(
    server: VideoServer, backend: Callable[..., ServerBackend], monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    backend().check()
    assert server.asked == ["models"]
    if proxy.startswith("socks"):
        with pytest.raises(RenderError, match="proxy of the environment cannot be used"):
            Client("http://gpu.example:8091")


def test_a_job_that_failed_with_404_is_refused_and_not_lost() -> None:
    failed = {"id": "video-1", "status": "failed", "error": {"code": 404, "message": "there is no such LoRA"}}
    client = Client("http://gpu.example", transport=httpx.MockTransport(lambda r: httpx.Response(404, json=failed)))
    with pytest.raises(RenderError, match="there is no such LoRA"):
        client.status("video-1")


def test_a_server_that_has_moved_is_said_and_not_asked_another_question() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return httpx.Response(301, headers={"Location": str(request.url.copy_with(scheme="https"))})
        return httpx.Response(200, json={"data": []})

    moved = Client("http://gpu.example", transport=httpx.MockTransport(answer))
    with pytest.raises(RenderError, match=r"sends requests on to https://gpu\.example/v1/videos"):
        moved.create(Request({"prompt": "a fox"}))


@pytest.mark.parametrize(("told", "pause"), [("7", 7), ("soon, please", 0), ("Fri, 31 Dec 2100 23:59:59 GMT", 60), ("", 0)])
def test_a_busy_server_says_how_long_to_wait_and_nonsense_is_no_wait(told: str, pause: float) -> None:
    busy = Client("http://gpu.example", transport=httpx.MockTransport(lambda r: httpx.Response(429, headers={"Retry-After": told})))
    with pytest.raises(ServerBusy) as caught:
        busy.models()
    assert caught.value.pause == pause


def test_a_refusal_is_not_tried_again(server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning) -> None:
    server.faults = {"create": [400]}
    with pytest.raises(RenderError, match=r"refused \(400\): told to say 400"):
        backend().render(bundle)
    assert server.asked.count("create") == 1
    server.faults = {"create": [401]}
    with pytest.raises(RenderError, match="EKONTE_VIDEO_SERVER_KEY"):
        backend().render(bundle)


def test_a_job_that_takes_too_long_is_dropped_on_the_server(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    server.faults = {"status": ["slow"] * 100_000}
    with pytest.raises(RenderError, match="not done after"):
        backend(timeout=0.1).render(bundle)
    assert "delete" in server.asked


def test_a_server_that_is_away_or_no_video_server_is_said_before_anything_is_drawn(server: VideoServer, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no address"):
        ServerBackend().check()
    with pytest.raises(RenderError, match="no video server answers"):
        ServerBackend(ServerSettings(url=("http://127.0.0.1:9",))).check()
    with pytest.raises(RenderError, match="is not served there"):
        ServerBackend(ServerSettings(url=(server.url,), model="other")).check()
    with pytest.raises(RenderError, match="no address of a server"):
        ServerBackend(ServerSettings(url=("localhost:8091",))).check()
    with pytest.raises(RenderError, match="not JSON"):
        ServerBackend(ServerSettings(url=(server.url,), extra="{")).check()
    ServerBackend(ServerSettings(url=(server.url + "/v1/",))).check()


def test_with_several_servers_the_next_one_takes_over(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    with VideoServer(faults={"status": ["lose"]}) as first:
        clip = backend(url=f"{first.url},{server.url}").render(bundle)
    assert (len(first.created), len(server.created)) == (1, 1)
    assert "lost the job" in uses(clip)["job"][1]


def test_a_stopped_process_picks_its_job_up_again(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning, tmp_path: Path
) -> None:
    class Killed(BaseException):
        pass

    def die(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        backend().render(bundle, progress=die)
    assert len(list((tmp_path / "server_jobs").glob("*.json"))) == 1
    clip = backend().render(bundle)
    assert len(server.created) == 1, "a second job was created"
    assert clip.frames.shape[0] == 13
    assert not list((tmp_path / "server_jobs").glob("*.json"))


def test_a_server_that_was_out_of_reach_is_asked_for_the_same_job_now_and_after_a_resume(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    impatient = {"silence": 1e-9, "attempts": 3}
    server.faults = {"status": ["drop", "drop"]}
    assert "cannot be reached" in uses(backend(**impatient).render(bundle))["job"][1]
    assert len(server.created) == 1, "the clip was paid for twice"
    server.faults = {"status": ["drop", "drop", "drop"]}
    with pytest.raises(RenderError, match="cannot be reached"):
        backend(**impatient).render(bundle)
    backend(**impatient).render(bundle)
    assert len(server.created) == 2, "the clip was paid for twice"


def test_a_long_shot_stopped_in_its_second_clip_does_not_pay_for_the_first_again(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning, tmp_path: Path
) -> None:
    class Killed(BaseException):
        pass

    def die(done: int, total: int) -> None:
        if done > 500:
            raise Killed

    with pytest.raises(Killed):
        backend(clip_frames=9).render(with_key_frame(bundle, 0), progress=die)
    assert len(server.created) == 2
    whole = backend(clip_frames=9).render(with_key_frame(bundle, 0))
    assert len(server.created) == 2, "a clip was paid for twice"
    assert whole.frames.shape[0] == 13
    assert not list((tmp_path / "server_jobs").glob("*.json"))


def test_a_film_of_another_length_or_size_is_resampled_and_said(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    server.faults = {"content": ["short"]}
    clip = backend().render(bundle)
    assert clip.frames.shape == (13, *SIZE, 3)
    assert "6 frames came back for 13" in uses(clip)["job"][1]
    server.faults = {"content": ["small"]}
    clip = backend().render(bundle)
    assert clip.frames.shape == (13, *SIZE, 3)
    assert "32x48 came back for 64x96" in uses(clip)["job"][1]


def test_a_film_of_another_frame_rate_is_said(server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning) -> None:
    clip = backend(extra='{"fps": 40}').render(bundle)
    assert clip.fps == bundle.scene.fps
    assert f"40 frames per second came back for {bundle.scene.fps}" in uses(clip)["job"][1]


def test_a_picture_goes_to_a_size_of_the_models_and_comes_back_where_it_was() -> None:
    across, down = np.meshgrid(np.arange(320), np.arange(180))
    picture = np.stack([across * 255 // 320, down * 255 // 180, (across // 20 + down // 20) % 2 * 200], axis=-1).astype(np.uint8)
    asked = (176, 320)
    sent = cv2.imdecode(np.frombuffer(picture_for(picture, asked), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert sent.shape[:2] == asked
    frames, told = fitted(Film(sent[None], 16.0), 1, (180, 320))
    assert np.abs(frames[0].astype(int) - picture).mean() < 4, "the picture has been enlarged and cut"
    assert told == ["frames of 176x320 came back for 180x320: scaled"]
    assert "edges cut" in fitted(Film(np.zeros((1, 100, 100, 3), np.uint8), 16.0), 1, (180, 320))[1][0]


def test_a_reference_of_another_shape_is_sent_whole_on_white() -> None:
    tall = np.full((300, 100, 3), 60, np.uint8)
    sent = cv2.imdecode(np.frombuffer(picture_for(tall, (90, 160), reference=True), np.uint8), cv2.IMREAD_COLOR)
    assert sent.shape == (90, 160, 3)
    assert (sent[45, 80], sent[2, 80], sent[45, 5]) == (pytest.approx(60), pytest.approx(60), pytest.approx(255))


def test_a_text_to_video_server_that_drops_the_picture_is_found_out(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning
) -> None:
    given = with_key_frame(bundle, 0)
    assert uses(backend(clip_frames=9).render(given))["key frame 0"][0] == "honoured"
    server.model = "Wan-AI/Wan2.2-T2V-A14B-Diffusers"
    said = uses(backend(clip_frames=9).render(given))
    assert said["key frame 0"][0] == "ignored"
    assert "does not begin with it" in said["key frame 0"][1]
    assert "they do not join" in said["length"][1]


def test_an_exact_film_is_not_touched() -> None:
    film = decode(square_film(SIZE, 9, 8))
    frames, told = fitted(film, 9, SIZE)
    assert frames is film.frames
    assert told == []
    assert film.fps == 8


def test_the_key_goes_into_the_header_and_nowhere_else(
    server: VideoServer, backend: Callable[..., ServerBackend], bundle: Conditioning, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EKONTE_VIDEO_SERVER_KEY", "s3cret")
    drawing = backend()
    drawing.render(bundle)
    assert set(server.keys) == {"Bearer s3cret"}
    assert "s3cret" not in drawing.version() + str(drawing.settings)


def test_the_version_changes_with_the_model_and_with_settings_that_change_the_picture(
    server: VideoServer, backend: Callable[..., ServerBackend]
) -> None:
    before = backend().version()
    assert backend(poll=0.5, attempts=9).version() == before
    assert backend(steps=4).version() != before
    server.model = "another"
    assert backend().version() != before


def test_it_is_made_by_name_with_settings_as_words(server: VideoServer) -> None:
    assert "server" in BUILT_IN
    made = make_backend("server", {"url": server.url, "steps": "4"})
    made.check()
    with pytest.raises(RenderError, match="speed"):
        make_backend("server", {"speed": "9"})


@pytest.mark.parametrize("text", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/videos", " http://h:1/v1/ "])
def test_an_address_may_be_written_with_or_without_the_path(text: str) -> None:
    assert base_url(text) == "http://h:1"


def test_a_password_in_the_address_is_used_and_never_said() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(400, json={"error": {"message": "no"}})

    client = Client("https://ann:top%20secret@video.example/v1", transport=httpx.MockTransport(answer))
    assert client.url == "https://video.example"
    with pytest.raises(RenderError) as refused:
        client.status("job")
    assert seen == [httpx.BasicAuth("ann", "top secret")._auth_header]
    assert "secret" not in str(refused.value)
