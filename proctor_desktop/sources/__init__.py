"""Where pictures, sound and screens come from."""
