"""Process each image in a process of its own, so that a hostile file costs only one upload.

The server (`pool`, `fork_client`) starts a fork server (`fork_server`) and never decodes. The fork
server never reads a file from a visitor. It forks a process for each photo (`worker`), which gives
up its rights and then decodes. Only JSON and bytes come back (`answers`).
"""
