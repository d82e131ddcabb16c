"""One clip drawn by several GPUs of one server: who belongs to the group, who draws what, and the processes that do it.

    group.py     the processes that share a clip, and what one of them tells the others
    plans.py     tokens of a transformer split over the group
    columns.py   columns of a picture split over the group, for the autoencoder
    worker.py    one process of the group, started by torchrun
    crew.py      starts the group, gives it clips, hears how far they are, ends it
    backend.py   a backend that draws with such a group, and a runner that keeps it busy
"""
