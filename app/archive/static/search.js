// Search without a server: the index lies in small scripts by the first two letters of a word, loaded when needed, so
// that it also works from a disk. Words are found by their beginnings; every word of a query has to occur.
(function () {
  "use strict";
  var shards = {}, waiting = {}, records = null;
  var form = document.getElementById("search"), input = document.getElementById("q");
  var hits = document.getElementById("hits"), summary = document.getElementById("summary");
  var MAX_SHOWN = 50;

  window.archiveShard = function (name, words) { shards[name] = words; done(name); };
  window.archiveRecords = function (rows) { records = rows; done("records"); };

  function done(name) { (waiting[name] || []).forEach(function (go) { go(); }); waiting[name] = null; }

  function load(name) {
    return new Promise(function (resolve) {
      if (name === "records" ? records : shards[name]) { resolve(); return; }
      if (waiting[name]) { waiting[name].push(resolve); return; }
      waiting[name] = [resolve];
      var script = document.createElement("script");
      script.src = name === "records" ? "records.js" : "index-" + name + ".js";
      script.onerror = function () { if (name !== "records") { shards[name] = {}; } done(name); };
      document.head.appendChild(script);
    });
  }

  // As app/archive/search.py cuts words: letters and digits, lower case, accents off; "6(1)(f)" gives 6, 6(1), 6(1)(f).
  function tokens(text) {
    var plain = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/§/g, " ");
    return plain.match(/[\p{L}\p{N}]+(?:\.[0-9]+)*(?:\([a-z0-9]+\))*/gu) || [];
  }

  function shardOf(word) { return word.slice(0, 2).replace(/[^a-z0-9]/g, "_"); }

  function matches(word) {
    var found = new Map(), words = shards[shardOf(word)] || {};
    Object.keys(words).forEach(function (known) {
      if (known.indexOf(word) !== 0) { return; }
      var weight = known === word ? 2 : 1;
      words[known].forEach(function (pair) { found.set(pair[0], Math.max(found.get(pair[0]) || 0, pair[1] * weight)); });
    });
    return found;
  }

  function show(ranked, asked) {
    hits.textContent = "";
    summary.textContent = ranked.length ? ranked.length + (ranked.length === 1 ? " record" : " records") +
      (ranked.length > MAX_SHOWN ? ", the first " + MAX_SHOWN : "") : "Nothing was found for “" + asked + "”.";
    ranked.slice(0, MAX_SHOWN).forEach(function (entry) {
      var row = records[entry[0]], item = document.createElement("li");
      var level = document.createElement("span"), link = document.createElement("a"), meta = document.createElement("span");
      level.className = "level " + row[2]; level.textContent = row[2];
      link.className = "title"; link.href = "../" + row[0]; link.textContent = row[1];
      meta.className = "meta"; meta.textContent = row[3] + " · " + row[4];
      item.append(level, link, meta); hits.append(item);
    });
  }

  var turn = 0;
  function search() {
    var asked = input.value.trim(), words = tokens(asked), mine = ++turn;
    if (asked.length < 2 || !words.length) { hits.textContent = ""; summary.textContent = "Type two letters or more."; return; }
    var needed = words.map(shardOf).filter(function (name, n, all) { return all.indexOf(name) === n; });
    Promise.all(needed.concat("records").map(load)).then(function () {
      if (mine !== turn) { return; }
      var total = null;
      words.forEach(function (word) {
        var found = matches(word);
        if (total === null) { total = found; return; }
        total.forEach(function (score, id) { if (found.has(id)) { total.set(id, score + found.get(id)); } else { total.delete(id); } });
      });
      show(Array.from(total || []).sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; }), asked);
    });
  }

  form.addEventListener("submit", function (event) { event.preventDefault(); search(); });
  input.addEventListener("input", search);
  var asked = new URLSearchParams(location.search).get("q");
  if (asked) { input.value = asked; search(); }
})();
