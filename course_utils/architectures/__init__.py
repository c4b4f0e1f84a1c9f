"""Blocks that later lessons reuse once an earlier lesson has built them."""
