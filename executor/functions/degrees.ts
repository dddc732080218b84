// Trigonometry in degrees: each function is scaled so that the multiples of 30 and 45 degrees come out exactly (float.c of
// PostgreSQL).

export const RADIANS = Math.PI / 180
const SIN_30 = Math.sin(30 * RADIANS)
const ONE_MINUS_COS_60 = 1 - Math.cos(60 * RADIANS)
const ASIN_HALF = Math.asin(0.5)
const ACOS_HALF = Math.acos(0.5)
export const ATAN_ONE = Math.atan(1)

function sineOfFirst(x: number): number {
  return x <= 30 ? Math.sin(x * RADIANS) / SIN_30 / 2 : cosineTo60(90 - x)
}

function cosineOfFirst(x: number): number {
  return x <= 60 ? cosineTo60(x) : Math.sin((90 - x) * RADIANS) / SIN_30 / 2
}

function cosineTo60(x: number): number {
  return 1 - (1 - Math.cos(x * RADIANS)) / ONE_MINUS_COS_60 / 2
}

/** The angle in the first quadrant of one in degrees, with the signs of its sine and cosine. */
function firstQuadrant(a: number): { angle: number; sine: number; cosine: number } {
  let angle = a % 360
  let [sine, cosine] = [1, 1]
  if (angle < 0) {
    angle = -angle
    sine = -sine
  }
  if (angle > 180) {
    angle = 360 - angle
    sine = -sine
  }
  if (angle > 90) {
    angle = 180 - angle
    cosine = -cosine
  }
  return { angle, sine, cosine }
}

export function sineOf(a: number): number {
  const { angle, sine } = firstQuadrant(a)
  return sine * sineOfFirst(angle)
}

export function cosineOf(a: number): number {
  const { angle, cosine } = firstQuadrant(a)
  return cosine * cosineOfFirst(angle)
}

const TAN_45 = sineOfFirst(45) / cosineOfFirst(45)
const COT_45 = cosineOfFirst(45) / sineOfFirst(45)

export function tangentOf(a: number): number {
  const { angle, sine, cosine } = firstQuadrant(a)
  const result = sine * cosine * (sineOfFirst(angle) / cosineOfFirst(angle) / TAN_45)
  return result === 0 ? 0 : result
}

export function cotangentOf(a: number): number {
  const { angle, sine, cosine } = firstQuadrant(a)
  const result = sine * cosine * (cosineOfFirst(angle) / sineOfFirst(angle) / COT_45)
  return result === 0 ? 0 : result
}

export function arcSine(x: number): number {
  if (x < 0) return -arcSine(-x)
  return x <= 0.5 ? (Math.asin(x) / ASIN_HALF) * 30 : 90 - (Math.acos(x) / ACOS_HALF) * 60
}

export function arcCosine(x: number): number {
  if (x < 0) return 90 + arcSine(-x)
  return x <= 0.5 ? 90 - (Math.asin(x) / ASIN_HALF) * 30 : (Math.acos(x) / ACOS_HALF) * 60
}
