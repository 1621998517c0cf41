"""The main job on a rendered candidate, from camera to verified export."""
