/** @file The smallest rectangle, turned any way, around what was seen of a sheet. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface TurnedRectangle {
  readonly centre: Point;
  /** Along the direction of `angleDeg`. */
  readonly width: number;
  readonly height: number;
  /** Clockwise on a page whose y points down, over −45 up to 45. */
  readonly angleDeg: number;
}

/** Null for fewer than three points that are not on one line. */
export function smallestRectangle(points: readonly Point[]): TurnedRectangle | null {
  const hull = convexHull(points);
  if (hull.length < 3) return null;
  let best: TurnedRectangle | null = null;
  for (const [index, from] of hull.entries()) {
    const to = hull[(index + 1) % hull.length] as Point;
    const rectangle = rectangleAt(hull, Math.atan2(to.y - from.y, to.x - from.x));
    if (!best || rectangle.width * rectangle.height < best.width * best.height) best = rectangle;
  }
  return best;
}

function rectangleAt(points: readonly Point[], direction: number): TurnedRectangle {
  // By whole quarters the same rectangle: the turn nearest to level names it.
  const quarter = Math.PI / 2;
  const angle = direction - quarter * Math.round(direction / quarter);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = points.map(({ x, y }) => x * cos + y * sin);
  const across = points.map(({ x, y }) => y * cos - x * sin);
  const [left, right] = [Math.min(...along), Math.max(...along)];
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  const [a, n] = [(left + right) / 2, (top + bottom) / 2];
  return {
    centre: { x: a * cos - n * sin, y: a * sin + n * cos },
    width: right - left,
    height: bottom - top,
    angleDeg: (angle * 180) / Math.PI,
  };
}

/** Andrew's monotone chain. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && cross(chain.at(-2) as Point, chain.at(-1) as Point, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function cross(o: Point, a: Point, b: Point): number {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}
