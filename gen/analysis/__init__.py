"""What a run means: outcomes, frequencies and the facts that the prose leans on."""
