"""SmolLM2-135M-Instruct inside this process: no server, no GPU, no network.

Read in this order: `checkpoint` (where the weights come from), `chat_tokens` (text to token ids), `llama` (the forward
pass), `prefix_cache`, `grammar` (JSON Schema to what may be written next), `choice` (picking a token), `decoder` (many
questions decoded together), `model` (the `Model` everybody else sees).
"""
