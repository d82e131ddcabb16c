"""Speed and memory of the large video models on this machine's GPU, without weights: `python -m evals.bench.gpu`.

Models of the real size are made of random numbers and driven by the program's own `wan` backend, so that what is measured is what users
run. What the numbers are has no influence on time, but for two things: a cache that skips steps decides by them, and matrix units draw less
power on zeros, so there are none.

    cases        what is measured, in the order of what it is worth
    checkpoint   a checkpoint folder of the real shape whose weight files hold no data, and loaders that make the numbers up
    footage      the shot that is drawn: noise pictures, two prompts
    clock        time on the device, time by phase, peaks of memory
    peaks        what the card can do: matrix products, attention kernels, memory, the link to RAM
    one          one case in a process of its own
    runner       the cases one after the other until the time is gone
    table        the figures as markdown, beside predictions, floors, published figures and aims
"""
