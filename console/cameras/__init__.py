"""Camera tiles: a worker process per camera, frames through shared memory, pictures of OBS by screenshots."""
