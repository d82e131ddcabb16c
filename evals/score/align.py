"""Global alignment of two sequences in order.

Knows a matrix of likenesses. Does not know what is aligned.
Source: Needleman & Wunsch, "A general method applicable to the search for similarities in the amino acid sequence of two
proteins", J. Mol. Biol. 48 (1970); gaps cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence


def align(likeness: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column), both rising, with the largest sum of likeness; pairs of likeness 0 are never made.

    Among equal sums the earliest columns are taken.
    """
    rows, columns = len(likeness), len(likeness[0]) if likeness else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for k in range(columns - 1, -1, -1):
            pair = likeness[i][k] + best[i + 1][k + 1] if likeness[i][k] > 0 else -1.0
            best[i][k] = max(pair, best[i + 1][k], best[i][k + 1])
    pairs: list[tuple[int, int]] = []
    i = k = 0
    while i < rows and k < columns:
        if likeness[i][k] > 0 and best[i][k] == likeness[i][k] + best[i + 1][k + 1]:
            pairs.append((i, k))
            i, k = i + 1, k + 1
        elif best[i][k] == best[i + 1][k]:
            i += 1
        else:
            k += 1
    return pairs
