"""One rule a file: each turns an observation into a reading, and nothing else."""
