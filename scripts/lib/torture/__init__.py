"""A load, a nemesis, and the proof that nothing was lost, from files that Warren knows nothing of."""
