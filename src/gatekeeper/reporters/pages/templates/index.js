(() => {
  "use strict";
  // The search of the index. All listeners are the document's; the query is in the address after `#q=`.
  const byId = (id) => document.getElementById(id);
  const FIELDS = ["service", "owner", "criterion"];
  const MOST = 3;
  const lower = (element) => (element ? element.textContent.toLowerCase() : "");

  let prepared = null;
  const rows = () => prepared ||= [...byId("list").children].map((element) => ({
    element,
    link: element.querySelector("a"),
    service: `${lower(element.querySelector("a"))} ${lower(element.querySelector(".about"))}`,
    owner: lower(element.querySelector(".owner")),
    criterion: (element.dataset.open || "").toLowerCase(),
  }));
  const shown = () => rows().filter((row) => !row.element.hidden);

  // `owner:team-a "split delivery"` asks for both.
  const terms = (query) => [...query.toLowerCase().matchAll(/(?:(service|owner|criterion):)?(?:"([^"]*)"?|([^\s"]*))/g)]
    .map(([, field, quoted, word]) => ({ fields: field ? [field] : FIELDS, words: (quoted ?? word).trim() }))
    .filter((term) => term.words);
  const fits = (row, term) => term.fields.some((field) => row[field].includes(term.words));

  const criteria = (asked, found) => {
    const words = asked.filter((term) => term.fields.includes("criterion")).map((term) => term.words);
    const ids = new Set();
    for (const row of words.length ? found : []) {
      for (const id of (row.element.dataset.open || "").split(" ")) {
        if (words.some((word) => id.toLowerCase().includes(word))) ids.add(id);
      }
    }
    const named = [...ids].sort();
    const more = named.length - MOST;
    return named.slice(0, MOST).join(", ") + (more > 0 ? ` and ${more} more` : "");
  };
  const apply = (query) => {
    const asked = terms(query);
    for (const row of rows()) {
      const hidden = !asked.every((term) => fits(row, term));
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
    }
    const found = shown();
    const open = criteria(asked, found);
    const count = `${found.length.toLocaleString("en")} of ${rows().length.toLocaleString("en")} services`;
    document.querySelector("#search output").value = asked.length ? count + (open && ` with ${open} open`) : count;
    document.querySelector("#services .nothing").hidden = found.length > 0;
    // A shorter list must not leave the view.
    if (byId("services").getBoundingClientRect().top < 0) byId("services").scrollIntoView();
  };

  const inAddress = () => {
    const [, query] = /^#q=(.*)$/.exec(location.hash) || [null, ""];
    try { return decodeURIComponent(query); } catch { return query; }
  };
  // While somebody types, the address is replaced, so that `back` leads to the query before.
  const remember = (query) => {
    const isTyping = history.state && history.state.typing;
    const address = query ? `#q=${encodeURIComponent(query)}` : "#";
    try { history[isTyping ? "replaceState" : "pushState"]({ typing: true }, "", address); } catch { /* too often */ }
  };
  const settle = () => { if (history.state) history.replaceState(null, "", location.href); };
  const restore = () => {
    const query = inAddress();
    if (byId("query").value === query) return;
    byId("query").value = query;
    apply(query);
  };

  const isTextBox = (element) => element.matches("input, select, textarea, [contenteditable]");
  const open = (event, link) => { event.preventDefault(); settle(); link.click(); };
  const focus = (event, element) => { event.preventDefault(); element.focus(); };
  const onKey = (event) => {
    const box = byId("query");
    if (!box || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "/" && !isTextBox(event.target)) {
      focus(event, box);
      box.select();
      return;
    }
    const row = event.target.closest("#list > li");
    if (event.target !== box && !row) return;
    const links = shown().map((one) => one.link);
    const at = row ? links.findIndex((link) => row.contains(link)) : -1;
    if (event.key === "ArrowDown" && links[at + 1]) focus(event, links[at + 1]);
    else if (event.key === "ArrowUp" && row) focus(event, links[at - 1] || box);
    else if (event.key === "Enter" && !row && box.value.trim() && links[0]) open(event, links[0]);
    else if (event.key === "Escape" && row) focus(event, box);
  };

  document.addEventListener("keydown", onKey);
  document.addEventListener("input", (event) => {
    if (event.target.id !== "query") return;
    remember(event.target.value);
    apply(event.target.value);
  });
  document.addEventListener("change", (event) => { if (event.target.id === "query") settle(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest('a[href^="#q="]')) return;
    byId("services").scrollIntoView();
    byId("query").focus({ preventScroll: true });
  });
  addEventListener("popstate", restore);
  addEventListener("hashchange", restore);
  document.addEventListener("DOMContentLoaded", restore);
})();
