"""How the embedded model's adapter is made: stories with known answers, the questions asked about them, a LoRA trained on those.

Read in this order: `lexicon_*` (words), `story` (what is known of a story), `sentences` and `writer` (how it is told), `teacher`
(answers a crew's questions from what is known), `generate` (stories to questions on disk), `walk` (an answer as the decoder would
write it), `network` (the model with a LoRA, for training), `packs`, `train`, `score`, `export`.
Needed by nobody who only runs the program.
"""
