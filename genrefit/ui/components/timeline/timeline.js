// A song moment by moment: likelihoods of its segments as a stack, a playhead that moves with the
// sound, click to seek, and the keyboard. Data comes from timeline/__init__.py; nothing is fetched.

const SVG = "http://www.w3.org/2000/svg";
const places = new Map(); // by key: where the playhead stood before Streamlit drew the page anew

export default function (component) {
  const { parentElement, data, key } = component;
  const root = parentElement.querySelector(".timeline");
  const place = places.get(key) ?? { at: data.start, token: null };
  places.set(key, place);
  const view = build(root, data);
  const sound = () => data.sound && document.querySelector(`.${CSS.escape(data.sound)} audio`);

  function show(at) {
    place.at = Math.min(Math.max(0, at), data.seconds);
    const segment = segmentAt(data, place.at);
    const words = segment ? describe(data, segment) : "nothing to hear here";
    view.head.style.left = `${(100 * place.at) / data.seconds}%`;
    view.clock.textContent = `${clock(place.at)} / ${clock(data.seconds)}`;
    view.now.textContent = words;
    view.stage.setAttribute("aria-valuenow", String(Math.round(place.at)));
    view.stage.setAttribute("aria-valuetext", `${clock(place.at)}: ${words}`);
  }

  function seek(at, play) {
    const audio = sound();
    show(at);
    if (!audio) return;
    audio.currentTime = place.at;
    if (play) start(audio);
  }

  function start(audio) {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    if (Math.abs(audio.currentTime - place.at) > 0.5) audio.currentTime = place.at;
    audio.play().catch(() => { view.now.textContent = "Your browser cannot play this sound."; });
  }

  function toggle() {
    const audio = sound();
    if (!audio) return;
    if (audio.paused) start(audio);
    else audio.pause();
  }

  function onKey(event) {
    const previous = data.segments.filter((s) => s.start < place.at - 1).pop();
    const next = data.segments.find((s) => s.start > place.at + 0.1);
    const moves = {
      ArrowLeft: previous?.start ?? 0, ArrowRight: next?.start ?? data.seconds,
      ArrowDown: place.at - 1, ArrowUp: place.at + 1, Home: 0, End: data.seconds,
    };
    if (event.key === " ") toggle();
    else if (event.key in moves) seek(moves[event.key], false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  view.stage.addEventListener("keydown", onKey);
  view.stage.addEventListener("click", (event) => {
    const box = view.stage.getBoundingClientRect();
    seek((data.seconds * (event.clientX - box.left)) / box.width, true);
  });
  view.play.addEventListener("click", toggle);
  for (const [start, button] of view.moments) button.addEventListener("click", () => seek(start, true));

  let frame = 0;
  let state = "";
  function follow() {
    const audio = sound();
    const playing = Boolean(audio && !audio.paused && !audio.ended);
    if (playing) show(audio.currentTime);
    if (String(playing) !== state) {
      state = String(playing);
      view.play.textContent = playing ? "❚❚" : "▶";
      view.play.setAttribute("aria-label", playing ? "Pause" : "Play");
      root.dataset.playing = state;
    }
    frame = requestAnimationFrame(follow);
  }
  show(place.at);
  if (data.token !== place.token) {
    // A moment that was asked for on the page: each asking has a token of its own.
    place.token = data.token;
    if (data.token !== null) requestAnimationFrame(() => seek(data.start, true));
  }
  follow();
  return () => cancelAnimationFrame(frame);
}

function build(root, data) {
  root.replaceChildren();
  const bar = add(root, "div", "bar");
  const play = add(bar, "button", "play");
  play.type = "button";
  play.hidden = !data.sound;
  const time = add(bar, "span", "clock");
  const now = add(bar, "span", "now");
  const stage = add(root, "div", "stage");
  const attributes = {
    role: "slider", tabindex: "0", "aria-valuemin": "0", "aria-valuemax": String(Math.round(data.seconds)),
    "aria-label": data.label, title: data.sound ? "Click to listen from there" : "Click to look there",
  };
  for (const [name, value] of Object.entries(attributes)) stage.setAttribute(name, value);
  stage.append(stack(data));
  const head = add(stage, "div", "head");
  ticks(add(root, "div", "ticks"), data.seconds);
  const moments = data.moments.map((start) => {
    const box = root.querySelector(".moments") ?? add(root, "div", "moments");
    const button = add(box, "button", "moment", `▶ ${clock(start)}`);
    button.type = "button";
    return [start, button];
  });
  const legend = add(root, "div", "legend");
  for (const genre of data.genres) {
    const entry = add(legend, "span", "entry");
    add(entry, "span", "swatch").style.background = genre.colour;
    entry.append(genre.name);
  }
  return { stage, head, clock: time, now, play, moments };
}

function stack(data) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${data.seconds} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const segment of data.segments) {
    let top = 100;
    segment.shares.forEach((share, place) => {
      const rect = document.createElementNS(SVG, "rect");
      const size = { x: segment.start, width: Math.max(0, segment.end - segment.start - data.seconds / 600),
                     y: top - share, height: share, fill: data.genres[place].colour };
      for (const [name, value] of Object.entries(size)) rect.setAttribute(name, String(value));
      svg.append(rect);
      top -= share;
    });
    if (data.marked.includes(segment.start)) {
      const mark = document.createElementNS(SVG, "rect");
      const size = { x: segment.start, width: segment.end - segment.start, y: 0, height: 100, class: "marked" };
      for (const [name, value] of Object.entries(size)) mark.setAttribute(name, String(value));
      svg.append(mark);
    }
  }
  return svg;
}

function ticks(box, seconds) {
  const step = [10, 20, 30, 60, 120, 300, 600].find((s) => seconds / s <= 6) ?? 1200;
  for (let at = 0; at <= seconds - step / 3 || at === 0; at += step) {
    add(box, "span", "tick", clock(at)).style.left = `${(100 * at) / seconds}%`;
  }
}

function segmentAt(data, at) {
  return data.segments.find((s) => at >= s.start && at < s.end) ?? null;
}

function describe(data, segment) {
  return segment.shares
    .map((share, place) => [share, data.genres[place].name])
    .sort((a, b) => b[0] - a[0]).slice(0, 3)
    .filter(([share], place) => place === 0 || share >= 5)
    .map(([share, name]) => `${name} ${Math.round(share)} %`).join(" · ");
}

function clock(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function add(parent, tag, name, text) {
  const element = document.createElement(tag);
  element.className = name;
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}
