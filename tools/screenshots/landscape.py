"""Generate landscapes, so that the screenshots contain no one's photos."""

import random
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """The colors and contents of a landscape."""

    title: str
    size: tuple[int, int]
    zenith: Color
    horizon: Color
    ground: Color
    sun: tuple[float, float] | None = None  # as shares of width and height
    water: bool = False
    stars: bool = False
    ridges: int = 5
    tags: str = ""


def paint(scene: Scene, seed: int) -> Image.Image:
    """Return the landscape in RGB."""
    rng = random.Random(seed)  # noqa: S311  not used for security
    height = scene.size[1]
    image = ImageOps.colorize(
        Image.linear_gradient("L").resize(scene.size), scene.zenith, scene.horizon
    )
    if scene.stars:
        _draw_stars(image, rng)
    if scene.sun:
        _draw_sun(image, scene.sun, scene.horizon)
    shore = 0.68 if scene.water else 1.0
    for number in range(scene.ridges):
        nearness = (number + 1) / scene.ridges
        _draw_ridge(
            image, rng, shore * height * (0.5 + 0.42 * nearness), nearness, _mixed(scene, nearness)
        )
    if scene.water:
        _draw_water(image, int(height * shore), scene.horizon)
    grain = Image.effect_noise(scene.size, 18).convert("RGB")
    return Image.blend(image, ImageChops.overlay(image, grain), 0.35)


def _mixed(scene: Scene, nearness: float) -> Color:
    """Mix the color of the ground with that of the horizon, the more the farther."""
    red, green, blue = (
        round(far + (near - far) * (0.12 + 0.88 * nearness**1.3))
        for far, near in zip(scene.horizon, scene.ground, strict=True)
    )
    return red, green, blue


def _draw_stars(image: Image.Image, rng: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    for _ in range(image.width * image.height // 5000):
        x, y = rng.randrange(image.width), int(image.height * rng.random() ** 1.6)
        light, radius = rng.randrange(120, 255), rng.choice((1, 1, 1, 2))
        draw.ellipse((x, y, x + radius, y + radius), fill=(light, light, min(255, light + 20)))


def _draw_sun(image: Image.Image, sun: tuple[float, float], color: Color) -> None:
    """Draw the disc of the sun and a glow around it."""
    span = max(image.size)
    glow = (
        ImageOps.invert(Image.radial_gradient("L"))
        .resize((span, span))
        .point(lambda light: max(0, light - 60) ** 2 // 260)
    )
    center = int(sun[0] * image.width), int(sun[1] * image.height)
    warm = Image.new("RGB", glow.size, tuple(min(255, part + 60) for part in color))
    image.paste(warm, (center[0] - span // 2, center[1] - span // 2), glow)
    radius = span // 38
    disc = Image.new("L", (4 * radius, 4 * radius))
    ImageDraw.Draw(disc).ellipse((radius, radius, 3 * radius, 3 * radius), fill=235)
    soft = disc.filter(ImageFilter.GaussianBlur(radius / 6))
    image.paste((255, 250, 235), (center[0] - 2 * radius, center[1] - 2 * radius), soft)


def _draw_ridge(
    image: Image.Image, rng: random.Random, level: float, nearness: float, color: Color
) -> None:
    outline = _outline(rng, roughness=0.5 - 0.12 * nearness)
    reach = image.height * (0.34 - 0.2 * nearness)
    points = [
        (image.width * index / (len(outline) - 1), level - reach * rise)
        for index, rise in enumerate(outline)
    ]
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).polygon(
        [*points, (image.width, image.height), (0, image.height)], fill=255
    )
    mask = mask.filter(ImageFilter.GaussianBlur(max(0.8, 3.5 * (1 - nearness))))
    shade = ImageOps.colorize(
        Image.linear_gradient("L").resize(image.size),
        tuple(min(255, part + 18) for part in color),
        color,
    )
    image.paste(shade, (0, 0), mask)


def _outline(rng: random.Random, roughness: float) -> list[float]:
    """Return heights from 0 to 1 by midpoint displacement (Fournier et al., 1982)."""
    heights, swing = [rng.random(), rng.random()], 0.6
    for _ in range(9):
        middles = [
            (left + right) / 2 + rng.uniform(-swing, swing) for left, right in pairwise(heights)
        ]
        heights = [
            height for pair in zip(heights, middles, strict=False) for height in pair
        ] + heights[-1:]
        swing *= roughness
    low, high = min(heights), max(heights)
    return [(height - low) / (high - low) for height in heights]


def _draw_water(image: Image.Image, shore: int, tint: Color) -> None:
    """Mirror the landscape below the shore, with ripples."""
    depth = image.height - shore
    water = image.crop((0, shore - depth, image.width, shore)).transpose(
        Image.Transpose.FLIP_TOP_BOTTOM
    )
    ripples = Image.effect_noise((image.width // 24, depth // 3), 90).resize(
        (image.width, depth), Image.Resampling.BICUBIC
    )
    shifted = ImageChops.offset(water, 0, 6).filter(ImageFilter.GaussianBlur(3))
    water = Image.composite(water.filter(ImageFilter.GaussianBlur(2)), shifted, ripples)
    image.paste(Image.blend(water, Image.new("RGB", water.size, tint), 0.16), (0, shore))
