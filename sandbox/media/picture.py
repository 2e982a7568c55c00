"""The picture that generated images show: two colours of the seed, blended."""

import hashlib

Pixel = tuple[int, int, int]

SIZES = ((320, 180), (32, 18), (1, 1))
"""Width and height, largest first; small files take a small one."""


def pixels(seed: str, width: int, height: int) -> list[list[Pixel]]:
    """Return the rows of the picture, RGB from 0 to 255."""
    digest = hashlib.sha256(seed.encode()).digest()
    first, second = digest[0:3], digest[3:6]
    steps = width + height
    blend = [
        (
            first[0] + (second[0] - first[0]) * step // steps,
            first[1] + (second[1] - first[1]) * step // steps,
            first[2] + (second[2] - first[2]) * step // steps,
        )
        for step in range(steps)
    ]
    return [blend[row : row + width] for row in range(height)]
