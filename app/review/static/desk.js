// The desk's only script: keys, highlighting, checks while typing, and saving what is typed. Every page works without it.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const csrf = document.body.dataset.csrf;
const form = $("#decision");

function say(text, seconds = 4) {
  const line = $("#notice");
  line.textContent = text;
  clearTimeout(say.timer);
  if (seconds) say.timer = setTimeout(() => { line.textContent = ""; }, seconds * 1000);
}

async function fetchJson(address, options = {}) {
  const response = await fetch(address, {
    ...options, headers: { accept: "application/json", "x-csrf": csrf, ...(options.headers || {}) },
  });
  if (response.status === 401) throw new Error("signed out");
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function later(milliseconds, act) {
  let timer;
  return (...values) => { clearTimeout(timer); timer = setTimeout(() => act(...values), milliseconds); };
}

// ---- evidence: brought into view, walked through

const marks = all("mark[data-first]");
let current = 0;
function show(number) {
  if (!marks.length) return;
  marks[current]?.classList.remove("now");
  current = (number + marks.length) % marks.length;
  marks[current].scrollIntoView({ block: "center" });
  if (marks.length > 1) { marks[current].classList.add("now"); say(`passage ${current + 1} of ${marks.length}`, 2); }
}
const fragment = location.hash.slice(1);
if ($(".sheetpage rect")) $(".sheetpage rect").scrollIntoView({ block: "center" });
else if (marks.length && (!fragment || fragment === "evidence")) marks[0].scrollIntoView({ block: "center" });
// The browser goes to the address's fragment by itself, on a small screen past the document's head: back to the top.
if (form) {
  const scrollToTop = () => window.scrollTo(0, 0);
  scrollToTop();
  window.addEventListener("load", () => requestAnimationFrame(() => {
    if (fragment === "evidence") marks[0]?.scrollIntoView({ block: "center" });
    scrollToTop();
  }));
}

// ---- what is typed is saved: on the server, and in this browser while the server cannot be reached

function typed() {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("csrf");
  return fields;
}
// Put what this browser saved of a form back into it.
function restore(saved) {
  const fields = new URLSearchParams(saved);
  for (const name of new Set(fields.keys())) {
    const values = fields.getAll(name);
    const inputs = () => all(`[name="${CSS.escape(name)}"]`, form).filter((input) => input.type !== "hidden" && input.tagName !== "BUTTON");
    if (inputs()[0]?.type === "radio" || inputs()[0]?.type === "checkbox") inputs().forEach((input) => { input.checked = values.includes(input.value); });
    else values.forEach((value, n) => { const input = inputs()[n]; if (input) { input.value = value; grow(input.closest(".rows")); } });
  }
  form.dispatchEvent(new Event("input"));
}
if (form && form.dataset.local) {
  // A form that the server saves nothing of: this browser does, until it is sent.
  const storageKey = `smallprint:${document.body.dataset.person}:${form.dataset.local}`;
  const initial = form.hasAttribute("data-refused") ? "" : typed().toString();
  const unsent = localStorage.getItem(storageKey);
  if (unsent && initial && unsent !== initial) { restore(unsent); say("What you typed here before is back.", 6); }
  let sent = false;
  const save = () => { if (!sent && typed().toString() !== initial) localStorage.setItem(storageKey, typed().toString()); };
  form.addEventListener("input", later(300, save));
  window.addEventListener("pagehide", save);
  form.addEventListener("submit", () => { sent = true; localStorage.removeItem(storageKey); });
}
if (form && form.dataset.draft) {
  const address = form.getAttribute("action");
  const storageKey = `smallprint:${document.body.dataset.person}:${form.dataset.draft}`;
  let saved = typed().toString();
  const save = later(900, async () => {
    const fields = typed();
    if (fields.toString() === saved) return;
    saved = fields.toString();
    fields.set("act", "keep");
    fields.set("csrf", csrf);
    try {
      await fetchJson(address, { method: "POST", body: fields });
      localStorage.removeItem(storageKey);
      say("saved", 1.5);
    } catch (error) {
      localStorage.setItem(storageKey, saved);
      say(error.message === "signed out" ? "Your session has ended. What you typed is kept in this browser; sign in again to continue." : "The desk cannot be reached; what you typed is kept in this browser.", 0);
    }
  });
  form.addEventListener("input", save);
  const unsent = localStorage.getItem(storageKey);
  if (unsent) {
    const fields = new URLSearchParams(unsent);
    localStorage.removeItem(storageKey);
    if (fields.get("saw") === form.elements.saw.value) {
      say("What you typed in this browser before is back.");
      restore(unsent);
    }
  }
  form.addEventListener("submit", () => { saved = typed().toString(); });
  // Somebody who reloads or leaves at once is quicker than the save on the server.
  window.addEventListener("pagehide", () => { if (typed().toString() !== saved) localStorage.setItem(storageKey, typed().toString()); });
}

// ---- checks while typing

if (form) {
  const check = async (input) => {
    const verdict = $(".verdict", input.closest(".row"));
    const text = input.value.trim();
    verdict.className = "verdict";
    verdict.textContent = "";
    if (!text) return;
    const query = new URLSearchParams({ document: form.dataset.document, text });
    const laws = await fetchJson(`/check/citation?${query}`);
    if (input.value.trim() !== text) return;
    const doubtful = laws.find((law) => law.problem);
    const valid = laws.length && laws.every((law) => law.valid);
    verdict.classList.add(!valid ? "bad" : doubtful ? "warn" : "good");
    verdict.textContent = doubtful ? doubtful.problem : laws.map((law) => `${law.citation} · ${law.name}`).join("; ");
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
      all('input[name^="factor_"]:checked', form).forEach((input) => scores.set(input.name.slice("factor_".length), input.value));
      const answer = await fetchJson(`/check/severity?${scores}`).catch(() => null);
      if (answer) {
        const level = document.createElement("span");
        level.className = `level ${answer.severity}`;
        level.textContent = answer.severity;
        $("#severity").replaceChildren(level);
      }
    }
    if (changed.id === "category") define(changed);
    if (changed.name === "agency") {
      const url = changed.selectedOptions[0]?.dataset.complaint;
      const verdict = $(".verdict", changed.closest(".row"));
      verdict.replaceChildren();
      if (url) {
        const link = document.createElement("a");
        Object.assign(link, { href: url, rel: "noreferrer noopener", target: "_blank", textContent: "File a complaint" });
        verdict.append(link);
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
  if (!all("input:not([type=hidden]), textarea, select", last).some((input) => input.value)) return;
  const emptyRow = last.cloneNode(true);
  all("input, textarea, select", emptyRow).forEach((input) => { input.value = ""; input.removeAttribute("aria-invalid"); });
  $(".verdict", emptyRow).replaceChildren();
  $(".verdict", emptyRow).className = "verdict";
  rows.append(emptyRow);
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
  const passages = all('textarea[name="quote"]', form);
  const passage = passages.find((textarea) => !textarea.value.trim()) || passages[0];
  passage.closest("details")?.setAttribute("open", "");
  passage.value = quote;
  passage.dispatchEvent(new Event("input", { bubbles: true }));
  passage.focus();
  $("#pick")?.remove();
}
function addFromSelection() {
  if (!form.dataset.draft) return;
  const query = new URLSearchParams({ from: form.dataset.draft });
  if (selected()) query.set("quote", selected());
  location.href = `/document/${form.dataset.document}/add?${query}#evidence`;
}
if (text && form) {
  document.addEventListener("selectionchange", later(200, () => {
    $("#pick")?.remove();
    if (selected().length < 12) return;
    const selection = getSelection().getRangeAt(0).getBoundingClientRect();
    const menu = document.createElement("div");
    menu.id = "pick";
    const acts = [["Make it evidence", useAsEvidence]];
    if (form.dataset.draft) acts.push(["Add a provision", addFromSelection]);
    for (const [label, act] of acts) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("mousedown", (event) => { event.preventDefault(); act(); });
      menu.append(button);
    }
    document.body.append(menu);
    menu.style.left = `${Math.max(8, Math.min(selection.left, innerWidth - menu.offsetWidth - 8)) + scrollX}px`;
    menu.style.top = `${selection.bottom + scrollY + 6}px`;
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
  if ($("#chosen")) $("#chosen").textContent = chosen ? `${chosen} selected` : "Select drafts to decide several at once";
  all(".bulkbar button").forEach((button) => { button.disabled = !chosen; });
}
if ($(".bulkbar")) count();
let lastBox = null;
$(".lines")?.addEventListener("click", (event) => {
  if (event.target.name !== "item") return;
  const boxes = all('.line input[name="item"]');
  if (event.shiftKey && lastBox) {
    const ends = [boxes.indexOf(lastBox), boxes.indexOf(event.target)].sort((first, second) => first - second);
    boxes.slice(ends[0], ends[1] + 1).forEach((box) => { box.checked = event.target.checked; });
    count();
  }
  lastBox = event.target;
});
$("#all")?.addEventListener("change", (event) => {
  all('.line input[name="item"]').forEach((box) => { box.checked = event.target.checked; });
  count();
});
$("#bulk")?.addEventListener("change", count);
if (lines.length && matchMedia("(max-width: 52rem)").matches) $(".facets .fold")?.removeAttribute("open");

// ---- keys

const press = (selector) => () => $(selector)?.click();
const unfold = (selector) => () => {
  const box = $(selector);
  if (!box) return;
  all("details.drop[open]").forEach((other) => { if (other !== box) other.open = false; });
  box.open = !box.open;
  if (box.open) $("input, textarea", box).focus();
};
all("details.drop").forEach((box) => box.addEventListener("toggle", () => {
  if (box.open && !box.contains(document.activeElement?.closest("fieldset"))) $("input, textarea", box).focus();
}));
const onDraft = {
  a: press("#approve"), r: $("#reject-blind") ? press("#reject-blind") : unfold("#reject"), o: unfold("#second"), s: press("#live"), n: press("#next"), e: () => $("#title")?.focus(), k: press("#keep"),
  x: press("#split"), "+": addFromSelection, ".": () => show(current + 1), ",": () => show(current - 1), v: useAsEvidence,
  p: press("#pages"), w: () => { const address = new URL(location.href); address.searchParams.set("whole", "1"); location.href = address; },
};
const many = (act) => () => { if ($('.line input[name="item"]:checked')) act(); else say("Select drafts with x first."); };
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
function isRepeated(event) {
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
  const target = event.target;
  if (event.key === "Escape") { target.blur?.(); all("details.drop[open]").forEach((box) => { box.open = false; }); $("#pick")?.remove(); return; }
  const box = target.closest?.("details.drop");
  if (box && box.open && target.tagName !== "SUMMARY" && target.tagName !== "BUTTON") {
    const reason = target.type === "checkbox" && all('input[name="reasons"]', box)[Number(event.key) - 1];
    if (reason) { reason.checked = !reason.checked; event.preventDefault(); return; }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("button", box).click(); return; }
  }
  if (event.key === "Enter" && target.id === "title") { event.preventDefault(); return; }
  const writing = target.matches?.('input:not([type="checkbox"]):not([type="radio"]), textarea, select');
  if (writing || (event.key !== "?" && switchBox && !switchBox.checked)) return;
  const act = (form && $("#text") ? onDraft[event.key] : lines.length ? onQueue[event.key] : null) || everywhere[event.key];
  if (!act) return;
  event.preventDefault();
  if (event.key === "a" && isRepeated(event)) return say("Pressed twice; nothing was decided on this draft.");
  act();
});

// ---- text boxes as tall as their text, where the browser does not do it by itself; prints show what is folded away

if (!CSS.supports("field-sizing", "content")) {
  const fit = (box) => { box.style.height = "auto"; box.style.height = `${box.scrollHeight + 2}px`; };
  all("textarea").forEach(fit);
  document.addEventListener("input", (event) => { if (event.target.tagName === "TEXTAREA") fit(event.target); });
}
window.addEventListener("beforeprint", () => { const provenance = $(".provenance"); if (provenance) provenance.open = true; });
