// Draws the last 15 minutes of a container or network: in above the line, out below it, as the table below says in numbers.
// #traffic-now is pushed with every sample and holds the numbers; the chart stands beside it, so that no push takes it away.

import { readColour, watchTheme } from "./theme-colours.js";

const WINDOW_S = 15 * 60;
const HEIGHT = 148;
const LEAST = 1000; // bytes a second that fill the height at least: silence is flat, not noise
const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
const place = document.getElementById("traffic-chart");
const language = document.documentElement.lang || "en";
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
let chart = null;
let drawn = ""; // the text of the numbers that are drawn
let colours = {};

function rate(bytes) {
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${numbers.format(size)} ${UNITS[unit]}/s`;
}

function readColours() {
  colours = Object.fromEntries(["accent", "ink-3", "line", "bad"].map((token) => [token, readColour(token)]));
  colours.font = `12px ${getComputedStyle(document.body).fontFamily}`;
}

function veiled(colour, share) {
  return /^#[0-9a-f]{6}$/.test(colour) ? colour + Math.round(share * 255).toString(16).padStart(2, "0") : colour;
}

// Times in seconds, in upwards, out downwards, and a point on the line where packets were lost.
function columns(sampled) {
  const times = sampled.t.map((tenths) => sampled.at + tenths / 10);
  const lost = times.map(() => null);
  sampled.lost.forEach(([index]) => { lost[index] = 0; });
  return [times, sampled.in, sampled.out.map((value) => (value === null ? null : -value)), lost];
}

function area(colour) {
  return {
    width: 1,
    spanGaps: false,
    points: { show: false },
    stroke: () => colours[colour],
    fill: () => veiled(colours[colour], 0.3),
  };
}

function axis(more) {
  return {
    font: colours.font,
    stroke: () => colours["ink-3"],
    grid: { width: 1, stroke: () => colours.line },
    ticks: { show: false },
    ...more,
  };
}

// At least a quarter of the reach on either side, so that the line of zero stays where it can be read.
function rangeOfRates(_chart, least, most) {
  const [out, incoming] = [-(least || 0), most || 0];
  const reach = Math.max(LEAST, Math.abs(out), Math.abs(incoming));
  return [-Math.max(reach / 4, out) * 1.08, Math.max(reach / 4, incoming) * 1.08];
}

function options() {
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    select: { show: false },
    padding: [12, 16, 0, 8],
    scales: { x: { range: (_chart, _least, most) => [most - WINDOW_S, most] }, y: { range: rangeOfRates } },
    axes: [
      axis({ size: 26, space: 72, values: (_chart, ticks) => ticks.map((at) => clock.format(at * 1000)) }),
      axis({ size: 76, space: 30, values: (_chart, ticks) => ticks.map(rate) }),
    ],
    series: [
      {},
      area("accent"),
      area("ink-3"),
      { paths: () => null, points: { show: true, size: 7, width: 0, fill: () => colours.bad, stroke: () => colours.bad } },
    ],
  };
}

function showChart(isShown) {
  place.hidden = !isShown;
  const key = document.querySelector(".traffic-key");
  if (key) {
    key.hidden = !isShown;
  }
}

function drop() {
  chart?.destroy();
  chart = null;
}

function draw() {
  const text = document.getElementById("traffic-now")?.dataset.points ?? "";
  if (text === drawn && (chart || !text)) {
    return;
  }
  drawn = text;
  showChart(Boolean(text));
  if (!text) {
    drop();
  } else if (chart) {
    chart.setData(columns(JSON.parse(text)));
  } else {
    readColours();
    chart = new uPlot(options(), columns(JSON.parse(text)), place);
  }
}

function repaint() {
  if (chart) {
    drop();
    drawn = "";
    draw();
  }
}

function fitWidth() {
  if (chart && place.clientWidth > 0 && place.clientWidth !== chart.width) {
    chart.setSize({ width: place.clientWidth, height: HEIGHT });
  }
}

function watched(attribute) {
  return { subtree: true, childList: true, attributes: true, attributeFilter: [attribute] };
}

// What was read from inside is read anew once the container has another network stack, or other interfaces in it.
function watchStack() {
  const findStack = () => document.getElementById("container-stack")?.dataset.stack;
  const body = document.getElementById("inside-body");
  let known = findStack();
  if (known === undefined || !body) {
    return;
  }
  new MutationObserver(() => {
    const now = findStack();
    if (now !== undefined && now !== known) {
      known = now;
      if (body.querySelector("[data-read]")) {
        document.body.dispatchEvent(new CustomEvent("stack-changed"));
      }
    }
  }).observe(document.getElementById("inside"), watched("data-stack"));
}

watchStack();
if (place && window.uPlot) {
  // A push replaces #traffic-now or morphs it: its panel stays.
  new MutationObserver(draw).observe(document.getElementById("traffic"), watched("data-points"));
  watchTheme(repaint);
  new ResizeObserver(fitWidth).observe(place);
  draw();
}
