// What happened on the bench, in words, the newest line first.

const MOST = 300;

const list = document.getElementById("lines");
let last = 0;

export function addLines(lines) {
  // The page came with the lines that there were; the live connection begins with all of them.
  if (last === 0) list.replaceChildren();
  for (const line of lines) {
    if (line.number <= last) continue;
    last = line.number;
    const item = document.createElement("li");
    item.dataset.kind = line.kind;
    const time = document.createElement("time");
    time.textContent = line.clock;
    item.append(time, " ");
    if (line.camera) {
      const camera = document.createElement("b");
      camera.textContent = line.camera;
      item.append(camera, " ");
    }
    const said = document.createElement("span");
    said.textContent = line.sentence;
    item.append(said);
    list.prepend(item);
  }
  while (list.children.length > MOST) list.lastElementChild.remove();
}
