// What the page computes: strokes to an image of 28 x 28 pixels, and the image to the network's answer.
// A drawing is a list of strokes, a stroke a list of points [x, y], y downwards. An image is a Float32Array of 784.

export const SIDE = 28; // pixels
const BOX = 20; // the longer side of a digit of MNIST
const CENTRE = 14; // where MNIST puts the centre of mass, in pixels from 0
const LINE = 2.4; // how wide a line is, in pixels: about as in MNIST

function distance(x, y, [x1, y1], [x2, y2]) {
  // from a point to the line between two others
  const dx = x2 - x1;
  const dy = y2 - y1;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}

export function rasterise(strokes, line = LINE) {
  // ink by the distance of each pixel to the nearest line; at the border a shade between (anti-aliasing)
  const image = new Float32Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let nearest = Infinity;
      for (const stroke of strokes) {
        for (let number = 0; number < stroke.length; number++) {
          const before = stroke[Math.max(0, number - 1)];
          nearest = Math.min(nearest, distance(column, row, before, stroke[number]));
        }
      }
      image[row * SIDE + column] = Math.min(1, Math.max(0, line / 2 + 0.5 - nearest));
    }
  }
  return image;
}

export function centreOfMass(image) {
  let mass = 0;
  let x = 0;
  let y = 0;
  image.forEach((ink, place) => {
    mass += ink;
    x += ink * (place % SIDE);
    y += ink * Math.floor(place / SIDE);
  });
  return mass === 0 ? [CENTRE, CENTRE] : [x / mass, y / mass];
}

const move = (strokes, scale, dx, dy) => strokes.map((stroke) => stroke.map(([x, y]) => [scale * x + dx, scale * y + dy]));

export function prepare(strokes) {
  // as the digits of MNIST: the longer side 20 pixels, then the centre of mass in the middle
  const points = strokes.flat();
  if (points.length === 0) return new Float32Array(SIDE * SIDE);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const longer = Math.max(right - left, bottom - top);
  const scale = longer < 1e-6 ? 0 : (BOX - LINE) / longer; // a dot stays a dot
  const boxed = move(strokes, scale, CENTRE - (scale * (left + right)) / 2, CENTRE - (scale * (top + bottom)) / 2);
  const [x, y] = centreOfMass(rasterise(boxed));
  return rasterise(move(boxed, 1, CENTRE - x, CENTRE - y));
}

export function asDrawn(strokes, side) {
  // the drawing area, `side` wide, shrunk to 28 pixels: neither size nor place is touched
  return rasterise(move(strokes, SIDE / side, -0.5, -0.5));
}

export async function open(ort, runtime, model) {
  // a function (images, count) -> outputs of the network, in its order, each {dims, data}
  ort.env.wasm.numThreads = 1; // more would need headers that a file has not
  ort.env.wasm.wasmBinary = runtime;
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  return async (images, count) => {
    const input = new ort.Tensor("float32", images, [count, SIDE, SIDE, 1]);
    const results = await session.run({ [session.inputNames[0]]: input });
    return session.outputNames.map((name) => results[name]);
  };
}

export function softmax(logits) {
  const top = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - top));
  const sum = powers.reduce((one, other) => one + other);
  return powers.map((power) => power / sum);
}
