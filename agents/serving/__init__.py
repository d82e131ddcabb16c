"""A vLLM server of one's own: its environment, its flags, its start, its end, and where others find it.

Read `environment` (which vLLM is installed), `machine` and `served_model` (what it runs on and what it serves), `flags` (both
turned into a command line), `server` (start, wait, stop) and `running` (who serves where).
"""
