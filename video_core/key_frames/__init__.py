"""Key frames: pictures that a shot must show, from the user's art, the shot before, a painter, or the animatic.

    settings -> give: source by source, in the order asked for -> a bundle with key frames, and what was done about each
"""
