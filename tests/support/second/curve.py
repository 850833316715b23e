"""The curve of Ed25519 (RFC 8032, section 5.1) by its definition, slow and without the product's code."""

from __future__ import annotations

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
_ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
NEUTRAL: Point = (0, 1)
BASE_Y = 4 * pow(5, -1, P) % P


def add(one: Point, other: Point) -> Point:
    """Add two points (affine, complete)."""
    (x1, y1), (x2, y2) = one, other
    t = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P,
    )


def decoded(key: bytes) -> Point | None:
    """The point of a public key, taken as it comes: y may be larger than P; None where there is none."""
    number = int.from_bytes(key, "little")
    y, odd = number % 2**255 % P, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * _ROOT % P
    if x * x % P != square:
        return None
    return (P - x if x % 2 != odd else x) % P, y


def encoded(point: Point) -> bytes:
    """The 32 bytes of a point."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def is_small(key: bytes) -> bool:
    """Whether eight times the point of a key is nothing."""
    point = decoded(key)
    for _ in range(3):
        point = None if point is None else add(point, point)
    return point == NEUTRAL
