"""Process images in processes of their own, so that a hostile file costs one upload.

The server (`pool`, `fork_client`) starts a fork server (`fork_server`) and never decodes. The fork
server never reads a file from a visitor; it forks a process for each photo (`worker`), which gives
up its rights and then decodes. Only numbers and bytes come back (`answers`).
"""
