// What a camera's changes sound like, for a tester who asks for it. They are the bench's own: a camera of today has
// no loudspeaker.

const TONES = {
  recording: [660, 880],
  ready: [880, 660],
  private: [440, 330],
  docked: [523, 392],
  standby: [392, 392],
  fault: [220, 220, 220],
  off: [300, 200, 120],
};
const LENGTH_S = 0.12;
const LOUD = 0.15;

const place = document.getElementById("tones");
const wanted = place.querySelector("input");
let context = null;

place.hidden = false;
wanted.addEventListener("change", () => {
  // A browser lets a page sound only from something that a person did on it.
  if (wanted.checked) context ??= new AudioContext();
});

export function toneOf(state) {
  const tones = TONES[state];
  if (!wanted.checked || !context || !tones) return;
  tones.forEach((hertz, position) => {
    const from = context.currentTime + position * LENGTH_S;
    const tone = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setTargetAtTime(LOUD, from, 0.01);
    loudness.gain.setTargetAtTime(0, from + LENGTH_S * 0.7, 0.02);
    tone.connect(loudness).connect(context.destination);
    tone.start(from);
    tone.stop(from + LENGTH_S);
  });
}
