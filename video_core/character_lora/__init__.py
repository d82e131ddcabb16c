"""Training a character: a LoRA for one large video model from a folder of pictures and clips.

    dataset   files and their captions        samples   what of them is seen, at which size      cache     latents and embeddings on disk
    network   the adapter inside the model    noise     levels and targets                       train     the loop, resumable
    export    the file                        memory    does it fit                              job       all of it, in order
"""
