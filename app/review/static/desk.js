// The desk's only script: keys, highlighting, checks while typing, and keeping what is typed. Every page works without it.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const csrf = document.body.dataset.csrf;
const form = $("#decision");

function say(text, seconds = 4) {
  const line = $("#said");
  line.textContent = text;
  clearTimeout(say.timer);
  if (seconds) say.timer = setTimeout(() => { line.textContent = ""; }, seconds * 1000);
}

async function ask(address, options = {}) {
  const answer = await fetch(address, {
    ...options, headers: { accept: "application/json", "x-csrf": csrf, ...(options.headers || {}) },
  });
  if (answer.status === 401) throw new Error("signed out");
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function later(milliseconds, act) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), milliseconds); };
}

// ---- evidence: brought into view, walked through

const marks = all("mark[data-first]");
let here = 0;
function show(number) {
  if (!marks.length) return;
  marks[here]?.classList.remove("now");
  here = (number + marks.length) % marks.length;
  marks[here].scrollIntoView({ block: "center" });
  if (marks.length > 1) { marks[here].classList.add("now"); say(`passage ${here + 1} of ${marks.length}`, 2); }
}
const aim = location.hash.slice(1);
if ($(".sheetpage rect")) $(".sheetpage rect").scrollIntoView({ block: "center" });
else if (marks.length && (!aim || aim === "evidence")) marks[0].scrollIntoView({ block: "center" });
// The browser goes to the address's fragment by itself, on a small screen past the document's head: back to the top.
if (form) {
  const up = () => window.scrollTo(0, 0);
  up();
  window.addEventListener("load", () => requestAnimationFrame(() => {
    if (aim === "evidence") marks[0]?.scrollIntoView({ block: "center" });
    up();
  }));
}

// ---- what is typed is kept: on the server, and in this browser while the server cannot be reached

function typed() {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("csrf");
  return fields;
}
// Back into the form what a browser had kept of it.
function restore(kept) {
  const fields = new URLSearchParams(kept);
  for (const name of new Set(fields.keys())) {
    const values = fields.getAll(name);
    const inputs = () => all(`[name="${CSS.escape(name)}"]`, form).filter((one) => one.type !== "hidden" && one.tagName !== "BUTTON");
    if (inputs()[0]?.type === "radio" || inputs()[0]?.type === "checkbox") inputs().forEach((one) => { one.checked = values.includes(one.value); });
    else values.forEach((value, n) => { const one = inputs()[n]; if (one) { one.value = value; grow(one.closest(".rows")); } });
  }
  form.dispatchEvent(new Event("input"));
}
if (form && form.dataset.local) {
  // A form that the server keeps nothing of yet: this browser does, until it is sent.
  const box = `smallprint:${document.body.dataset.person}:${form.dataset.local}`;
  const begun = form.hasAttribute("data-refused") ? "" : typed().toString();
  const stranded = localStorage.getItem(box);
  if (stranded && begun && stranded !== begun) { restore(stranded); say("What you had typed here is back.", 6); }
  let sent = false;
  const keep = () => { if (!sent && typed().toString() !== begun) localStorage.setItem(box, typed().toString()); };
  form.addEventListener("input", later(300, keep));
  window.addEventListener("pagehide", keep);
  form.addEventListener("submit", () => { sent = true; localStorage.removeItem(box); });
}
if (form && form.dataset.draft) {
  const address = form.getAttribute("action");
  const box = `smallprint:${document.body.dataset.person}:${form.dataset.draft}`;
  let saved = typed().toString();
  const keep = later(900, async () => {
    const fields = typed();
    if (fields.toString() === saved) return;
    saved = fields.toString();
    fields.set("act", "keep");
    fields.set("csrf", csrf);
    try {
      await ask(address, { method: "POST", body: fields });
      localStorage.removeItem(box);
      say("kept", 1.5);
    } catch (error) {
      localStorage.setItem(box, saved);
      say(error.message === "signed out" ? "Your session has ended. What you typed is kept in this browser; sign in again to go on." : "The desk cannot be reached; what you typed is kept in this browser.", 0);
    }
  });
  form.addEventListener("input", keep);
  const stranded = localStorage.getItem(box);
  if (stranded) {
    const fields = new URLSearchParams(stranded);
    localStorage.removeItem(box);
    if (fields.get("saw") === form.elements.saw.value) {
      say("What you had typed in this browser is back.");
      restore(stranded);
    }
  }
  form.addEventListener("submit", () => { saved = typed().toString(); });
  // Whoever reloads or leaves at once is quicker than the server's copy.
  window.addEventListener("pagehide", () => { if (typed().toString() !== saved) localStorage.setItem(box, typed().toString()); });
}

// ---- checks while typing

if (form) {
  const check = async (input) => {
    const told = $(".verdict", input.closest(".row"));
    const text = input.value.trim();
    told.className = "verdict";
    told.textContent = "";
    if (!text) return;
    const query = new URLSearchParams({ document: form.dataset.document, text });
    const found = await ask(`/check/citation?${query}`);
    if (input.value.trim() !== text) return;
    const wrong = found.find((one) => one.problem);
    const valid = found.length && found.every((one) => one.valid);
    told.classList.add(!valid ? "bad" : wrong ? "warn" : "good");
    told.textContent = wrong ? wrong.problem : found.map((one) => `${one.citation} · ${one.name}`).join("; ");
    input.setAttribute("aria-invalid", String(!valid));
  };
  const soon = later(250, (input) => check(input).catch(() => {}));
  form.addEventListener("input", (event) => {
    if (event.target.dataset.check === "citation") { soon(event.target); grow(event.target.closest(".rows")); }
  });
  form.addEventListener("change", async (event) => {
    const changed = event.target;
    if (changed.name?.startsWith("factor_")) {
      const scores = new URLSearchParams();
      all('input[name^="factor_"]:checked', form).forEach((one) => scores.set(one.name.slice(7), one.value));
      const found = await ask(`/check/severity?${scores}`).catch(() => null);
      if (found) {
        const level = document.createElement("span");
        level.className = `level ${found.severity}`;
        level.textContent = found.severity;
        $("#severity").replaceChildren(level);
      }
    }
    if (changed.id === "category") define(changed);
    if (changed.name === "agency") {
      const url = changed.selectedOptions[0]?.dataset.complaint;
      const told = $(".verdict", changed.closest(".row"));
      told.replaceChildren();
      if (url) {
        const link = document.createElement("a");
        Object.assign(link, { href: url, rel: "noreferrer noopener", target: "_blank", textContent: "File a complaint" });
        told.append(link);
      }
      grow(changed.closest(".rows"));
    }
  });
}
function define(select) {
  const chosen = select.selectedOptions[0];
  const is = document.createElement("span");
  is.textContent = chosen?.dataset.is || "";
  const parts = [is];
  if (chosen?.dataset.not) {
    const not = document.createElement("span");
    const word = document.createElement("strong");
    word.textContent = "Not: ";
    not.append(" ", word, chosen.dataset.not);
    parts.push(not);
  }
  $("#definition").replaceChildren(...parts);
}
// A list of rows always has an empty one at its end.
function grow(rows) {
  if (!rows) return;
  const last = rows.lastElementChild;
  if (!all("input:not([type=hidden]), textarea, select", last).some((one) => one.value)) return;
  const fresh = last.cloneNode(true);
  all("input, textarea, select", fresh).forEach((one) => { one.value = ""; one.removeAttribute("aria-invalid"); });
  $(".verdict", fresh).replaceChildren();
  $(".verdict", fresh).className = "verdict";
  rows.append(fresh);
}

// ---- selecting text in the source

const text = $("#text");
function selected() {
  const range = getSelection();
  return text && range.rangeCount && text.contains(range.anchorNode) && text.contains(range.focusNode) ? range.toString().trim() : "";
}
function useAsEvidence() {
  const quote = selected();
  if (!quote || !form) return say("Select the words in the source first.");
  const boxes = all('textarea[name="quote"]', form);
  const box = boxes.find((one) => !one.value.trim()) || boxes[0];
  box.closest("details")?.setAttribute("open", "");
  box.value = quote;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  $("#pick")?.remove();
}
function addFromSelection() {
  if (!form.dataset.draft) return;
  const asked = new URLSearchParams({ from: form.dataset.draft });
  if (selected()) asked.set("quote", selected());
  location.href = `/document/${form.dataset.document}/add?${asked}#evidence`;
}
if (text && form) {
  document.addEventListener("selectionchange", later(200, () => {
    $("#pick")?.remove();
    if (selected().length < 12) return;
    const place = getSelection().getRangeAt(0).getBoundingClientRect();
    const box = document.createElement("div");
    box.id = "pick";
    const acts = [["Make it evidence", useAsEvidence]];
    if (form.dataset.draft) acts.push(["Add a provision", addFromSelection]);
    for (const [label, act] of acts) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("mousedown", (event) => { event.preventDefault(); act(); });
      box.append(button);
    }
    document.body.append(box);
    box.style.left = `${Math.max(8, Math.min(place.left, innerWidth - box.offsetWidth - 8)) + scrollX}px`;
    box.style.top = `${place.bottom + scrollY + 6}px`;
  }));
}

// ---- the queue

const lines = all(".line");
let row = -1;
function go(step) {
  if (!lines.length) return;
  lines[row]?.classList.remove("here");
  row = Math.max(0, Math.min(lines.length - 1, row + step));
  lines[row].classList.add("here");
  $(".title", lines[row]).focus({ preventScroll: true });
  lines[row].scrollIntoView({ block: "nearest" });
}
function count() {
  const chosen = all('.line input[name="item"]:checked').length;
  if ($("#chosen")) $("#chosen").textContent = chosen ? `${chosen} chosen` : "Choose drafts to decide several at once";
  all(".bulkbar button").forEach((one) => { one.disabled = !chosen; });
}
if ($(".bulkbar")) count();
let lastBox = null;
$(".lines")?.addEventListener("click", (event) => {
  if (event.target.name !== "item") return;
  const boxes = all('.line input[name="item"]');
  if (event.shiftKey && lastBox) {
    const ends = [boxes.indexOf(lastBox), boxes.indexOf(event.target)].sort((one, other) => one - other);
    boxes.slice(ends[0], ends[1] + 1).forEach((one) => { one.checked = event.target.checked; });
    count();
  }
  lastBox = event.target;
});
$("#all")?.addEventListener("change", (event) => {
  all('.line input[name="item"]').forEach((one) => { one.checked = event.target.checked; });
  count();
});
$("#bulk")?.addEventListener("change", count);
if (lines.length && matchMedia("(max-width: 52rem)").matches) $(".facets .fold")?.removeAttribute("open");

// ---- keys

const press = (selector) => () => { const found = $(selector); if (found) found.click(); };
const unfold = (selector) => () => {
  const box = $(selector);
  if (!box) return;
  all("details.drop[open]").forEach((one) => { if (one !== box) one.open = false; });
  box.open = !box.open;
  if (box.open) $("input, textarea", box).focus();
};
all("details.drop").forEach((box) => box.addEventListener("toggle", () => {
  if (box.open && !box.contains(document.activeElement?.closest("fieldset"))) $("input, textarea", box).focus();
}));
const onDraft = {
  a: press("#approve"), r: $("#reject-blind") ? press("#reject-blind") : unfold("#reject"), o: unfold("#second"), s: press("#live"), n: press("#next"), e: () => $("#title")?.focus(), k: press("#keep"),
  x: press("#split"), "+": addFromSelection, ".": () => show(here + 1), ",": () => show(here - 1), v: useAsEvidence,
  p: press("#pages"), w: () => { const where = new URL(location.href); where.searchParams.set("whole", "1"); location.href = where; },
};
const many = (act) => () => { if ($('.line input[name="item"]:checked')) act(); else say("Choose drafts with x first."); };
const onQueue = {
  j: () => go(1), k: () => go(-1),
  x: () => { const box = lines[row] && $('input[name="item"]', lines[row]); if (box) { box.checked = !box.checked; count(); } },
  a: many(press("#approve-many")), r: many(unfold("#reject-many")),
  n: press('.pages [rel="next"]'), p: press('.pages [rel="prev"]'),
};
const everywhere = {
  u: press("#undo"), q: press("#to-queue"), "/": () => { const box = $("#search"); if (box) box.focus(); else location.href = $("#to-queue")?.href || "/queue"; },
  "?": () => $("#keys")?.showModal(),
};
// A key held down, or pressed twice, decides the draft that was seen and not the one that has just come.
function again(event) {
  const last = Number(sessionStorage.getItem("smallprint:decided"));
  if (event.repeat || Math.abs(Date.now() - last) < 500) return true;
  sessionStorage.setItem("smallprint:decided", String(Date.now()));
  return false;
}
const switchBox = $("#keys-on");
if (switchBox) {
  switchBox.checked = localStorage.getItem("smallprint:keys") !== "off";
  switchBox.addEventListener("change", () => localStorage.setItem("smallprint:keys", switchBox.checked ? "on" : "off"));
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  const at = event.target;
  if (event.key === "Escape") { at.blur?.(); all("details.drop[open]").forEach((one) => { one.open = false; }); $("#pick")?.remove(); return; }
  const box = at.closest?.("details.drop");
  if (box && box.open && at.tagName !== "SUMMARY" && at.tagName !== "BUTTON") {
    const reason = at.type === "checkbox" && all('input[name="reasons"]', box)[Number(event.key) - 1];
    if (reason) { reason.checked = !reason.checked; event.preventDefault(); return; }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("button", box).click(); return; }
  }
  if (event.key === "Enter" && at.id === "title") { event.preventDefault(); return; }
  const writing = at.matches?.('input:not([type="checkbox"]):not([type="radio"]), textarea, select');
  if (writing || (event.key !== "?" && switchBox && !switchBox.checked)) return;
  const act = (form && $("#text") ? onDraft[event.key] : lines.length ? onQueue[event.key] : null) || everywhere[event.key];
  if (!act) return;
  event.preventDefault();
  if (event.key === "a" && again(event)) return say("Pressed twice; this draft was left as it is.");
  act();
});

// ---- boxes as tall as what stands in them, where the browser does not see to it; prints show what is folded away

if (!CSS.supports("field-sizing", "content")) {
  const fit = (box) => { box.style.height = "auto"; box.style.height = `${box.scrollHeight + 2}px`; };
  all("textarea").forEach(fit);
  document.addEventListener("input", (event) => { if (event.target.tagName === "TEXTAREA") fit(event.target); });
}
window.addEventListener("beforeprint", () => { const told = $(".provenance"); if (told) told.open = true; });
