// What happened to one's account is told on every page at once, also on one that follows nothing else: it is fetched from
// the page of the account, and put where every page has it. A fetch that does not come changes nothing.

import { isOver } from "./session.js";

const PAGE = "/account";
let asked = 0;

document.addEventListener("lapel:account", async () => {
  const mine = ++asked;
  try {
    const headers = { Accept: "text/html", "X-Lapel-By-Itself": "yes" };
    const answer = await fetch(PAGE, { headers, cache: "no-store", redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.getElementById("told");
    const here = document.getElementById("told");
    if (!told || !here || isOver() || mine !== asked || page.body.dataset.who !== document.body.dataset.who) return;
    for (const field of told.querySelectorAll('input[name="next"]')) {
      field.setAttribute("value", location.pathname + location.search);
    }
    here.replaceWith(document.adoptNode(told));
  } catch {
    // The service does not answer: live.js says so where it is lost, and asks again once it is there.
  }
});
