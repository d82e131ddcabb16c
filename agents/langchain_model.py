"""Any langchain-core chat model as a `Model`, so that a crew can be backed by whatever LangChain can reach.

Knows LangChain's chat interface. Does not know which provider is behind it. `with_structured_output` is used where the chat
model has it; else the schema goes into the prompt. Either way every answer is validated again, and an invalid one goes back.
Retries of lost calls are the chat model's own (`max_retries`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from agents.answer import public_schema
from agents.correction import Draft, ask_together, ask_until_valid, call_name
from agents.model import ChatMessage, ModelReply, ModelRequest, with_system
from agents.openai.names import traits_by_name
from agents.openai.reply import split_reasoning
from shotplan.errors import ModelError

MESSAGES: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


class LangChainModel:
    """A crew's model made of a chat model. Thread-safe as far as the chat model is.

    `name`: None takes the chat model's own. `small`, `options`, `languages`: see `agents.model.Traits`; None decides by the
    name. Raises `ModelError` when `chat` is no chat model.
    """

    adapter = ""

    def __init__(
        self,
        chat: BaseChatModel,
        *,
        name: str | None = None,
        small: bool | None = None,
        options: Literal["supported", "all"] | None = None,
        languages: frozenset[str] | None = None,
    ) -> None:
        if not isinstance(chat, BaseChatModel):
            raise ModelError(
                f"A {type(chat).__name__} is no language model",
                where="llm",
                todo="Pass `auto`, an address, a model of this project, or a langchain-core chat model",
            )
        self._chat = chat
        given = next(
            (getattr(chat, key, None) for key in ("model_name", "model", "model_id") if getattr(chat, key, None)), None
        )
        self.name = name or str(given or type(chat).__name__)
        self.description = f"{self.name} through LangChain's {type(chat).__name__}"
        traits = traits_by_name(self.name)
        self.small = traits.small if small is None else small
        self.options = options or traits.options
        self.languages = languages or traits.languages
        self._structured = type(chat).bind_tools is not BaseChatModel.bind_tools or (
            type(chat).with_structured_output is not BaseChatModel.with_structured_output
        )

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        """Answer each request, in order, all at the same time. Raises `ModelError` naming the call that failed."""
        return ask_together(requests, lambda request: ask_until_valid(request, self.name, self._write))

    def close(self) -> None:
        """The chat model is its owner's to close."""

    def _write(self, request: ModelRequest) -> Draft:
        messages = _messages(request, schema_in_words=not self._structured)
        try:
            raw, parsed = self._invoke(request, messages)
        except ModelError:
            raise
        except Exception as error:  # a chat model may raise anything its provider's library raises
            raise ModelError(
                f"{self.description} failed: {type(error).__name__} {error}".strip()[:400],
                where=call_name(request),
                todo="Mend the chat model's settings, then go on with `ekonte resume` or Session.open(folder, chat).resume()",
            ) from error
        text, reasoning = _text(raw)
        if parsed is not None:
            text = json.dumps(parsed, ensure_ascii=False)
        usage = getattr(raw, "usage_metadata", None) or {}
        details = getattr(raw, "response_metadata", None) or {}
        return Draft(
            text=text,
            cut=str(details.get("finish_reason") or details.get("done_reason") or "") == "length",
            reasoning=reasoning,
            prompt_tokens=int(usage.get("input_tokens") or 0),
            cached_tokens=int((usage.get("input_token_details") or {}).get("cache_read") or 0),
            completion_tokens=int(usage.get("output_tokens") or 0),
        )

    def _invoke(self, request: ModelRequest, messages: list[BaseMessage]) -> tuple[Any, Any]:
        """(the message, the value that the chat model parsed from it or None)."""
        if self._structured:
            schema = public_schema(request.answer_schema) | {
                "title": request.question.replace(".", "_"),
                "description": "The answer to the question.",
            }
            try:
                runnable = self._chat.with_structured_output(schema, include_raw=True)
            except (NotImplementedError, ValueError, TypeError):  # this chat model cannot after all
                self._structured = False
                messages = _messages(request, schema_in_words=True)
            else:
                answer: Any = runnable.invoke(messages)
                return answer["raw"], answer["parsed"]
        return self._chat.invoke(messages), None


def _messages(request: ModelRequest, *, schema_in_words: bool) -> list[BaseMessage]:
    messages: list[ChatMessage] = with_system(request.messages)
    if schema_in_words:
        schema = json.dumps(public_schema(request.answer_schema), ensure_ascii=False)
        last = messages[-1]
        words = f"{last.content}\nThe answer is JSON that matches this schema, and nothing else: {schema}"
        messages = [*messages[:-1], last.model_copy(update={"content": words})]
    return [MESSAGES[message.role](content=message.content) for message in messages]


def _text(raw: Any) -> tuple[str, str]:
    """(answer, reasoning) of a message, whose content may be a string or a list of blocks."""
    content = getattr(raw, "content", "")
    extra = getattr(raw, "additional_kwargs", None) or {}
    thought = str(extra.get("reasoning_content") or extra.get("reasoning") or "")
    if isinstance(content, list):
        blocks = [block for block in content if isinstance(block, dict)]
        thought = thought or "".join(str(b.get("thinking") or b.get("reasoning") or "") for b in blocks)
        content = "".join(b if isinstance(b, str) else str(b.get("text") or "") for b in content)
    return split_reasoning({"content": str(content), "reasoning": thought})
