"""The evidence on disk: records, blobs, checkpoints, and what is still to be sent."""
