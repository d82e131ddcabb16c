"""What may be done to finished clips before they are joined: one colour, more frames, more pixels, another style.

    clips/<backend>/<shot>.mp4 -> match -> interpolate -> upscale -> style -> clips/<backend>/finished/<shot>.mp4

Read `stage.py` for what a stage is, `settings.py` for how people ask for one, `finisher.py` for how a film goes through them.
"""
