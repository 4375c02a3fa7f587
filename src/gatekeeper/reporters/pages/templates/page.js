(() => {
  "use strict";
  // In the head, before anything is drawn, so that nothing moves; all listeners are the document's.
  const root = document.documentElement;
  root.classList.add("script");
  const byId = (id) => document.getElementById(id);

  // Theme
  const remembered = {
    get() { try { return localStorage.getItem("gatekeeper-theme"); } catch { return null; } },
    set(value) { try { localStorage.setItem("gatekeeper-theme", value); } catch { /* a file may not */ } },
  };
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const labelTheme = () => { byId("theme").textContent = isDark() ? "Light theme" : "Dark theme"; };
  if (["light", "dark"].includes(remembered.get())) root.dataset.theme = remembered.get();
  const switchTheme = () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered.set(root.dataset.theme);
    labelTheme();
  };

  // Heat map: a cell opens its reasons below the map; without this script, its link leads to them.
  const chosen = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* it is the id as it is */ }
    const group = id && byId(id);
    return group && group.classList.contains("group") ? group : null;
  };
  // What several services have alike is on the page once.
  const withShared = (copy) => {
    const link = copy.querySelector('h4 a[href^="#alike-"]');
    if (link) {
      const shared = byId(link.hash.slice(1)).cloneNode(true);
      shared.querySelector("h3").remove();
      link.parentElement.after(...shared.children);
    }
    for (const one of copy.querySelectorAll("[hidden]")) one.hidden = false;
    return copy;
  };
  const showChosen = () => {
    const panel = byId("opened");
    if (!panel) return;
    for (const cell of document.querySelectorAll(".heat a[aria-current]")) cell.removeAttribute("aria-current");
    const group = chosen();
    panel.hidden = !group;
    panel.replaceChildren();
    if (!group) return;
    const copy = withShared(group.cloneNode(true));
    copy.removeAttribute("id");
    copy.classList.remove("group");
    // The map is a section of the page; its panel has the next heading.
    const heading = document.createElement("h3");
    heading.append(...copy.querySelector("h4").childNodes);
    copy.querySelector("h4").replaceWith(heading);
    const links = document.createElement("p");
    const service = group.closest("article");
    for (const [href, words] of [[`#${service ? service.id : group.id}`, service ? service.dataset.service : ""], ["#gates", "Close"]]) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = words;
      links.append(link, " ");
    }
    panel.append(links, copy);
    const cell = document.querySelector(`.heat a[href="#${CSS.escape(group.id)}"]`);
    if (cell) cell.setAttribute("aria-current", "true");
  };
  const openCell = (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    if (!byId("opened") || link.hash.length < 2 || link.pathname !== location.pathname) return;
    event.preventDefault();
    if (link.hash !== location.hash) history.pushState(null, "", link.hash);
    showChosen();
    byId("opened").focus({ preventScroll: true });
    byId("opened").scrollIntoView({ block: "nearest" });
  };
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const moveInMap = (event, link) => {
    const [down, right] = moves[event.key];
    const cell = link.closest("td");
    const rows = [...cell.closest("table").querySelectorAll("tbody tr[data-service]:not([hidden])")];
    let row = rows.indexOf(cell.parentElement);
    let column = cell.cellIndex;
    for (;;) {
      row += down;
      column += right;
      const next = rows[row] && rows[row].cells[column];
      if (!next) return;
      const target = next.querySelector("a");
      if (target) {
        event.preventDefault();
        target.focus();
        return;
      }
    }
  };

  // Filters
  const described = (element) => {
    const [owner, rows, marks] = ["data-owner", "data-rows", "data-marks"].map((name) => element.getAttribute(name));
    const service = element.getAttribute("data-service");
    return {
      element,
      part: element.closest("[data-part]"),
      // What is far from the screen costs a browser next to nothing.
      cost: element.closest("#gates, #levels") ? 1 : 0.05,
      owners: owner === null ? null : owner.split("\n"),
      service: service === null ? null : service.toLowerCase(),
      // Rows of the heat map, instead of the names of many services.
      rows: rows === null ? null : (rows.match(/\S+/g) || []).map((range) => range.split("-").map(Number)),
      marks: marks === null ? null : marks.split(" "),
    };
  };
  let found = null;
  // Looked for when a filter is first used, or earlier if there is time.
  const items = () => found ||= ["#actions [data-owner]", "[data-owner]:not(article, #actions *), [data-marks]:not(#actions *)"]
    .flatMap((selector) => [...document.querySelectorAll(selector)].map(described));
  const fits = (item, asked) => {
    if (asked.owner && item.owners && !item.owners.includes(asked.owner)) return false;
    if (asked.service && item.service !== null && !item.service.includes(asked.service)) return false;
    if (asked.rows && item.rows && !item.rows.some(([first, last = first]) => asked.rows.some((row) => row >= first && row <= last))) return false;
    if (!item.marks || !(asked.gate || asked.status)) return true;
    // A standing is a service's alone; within it the gate decides what is shown.
    if (asked.status.startsWith(".service:")) {
      const isService = item.marks.some((mark) => mark.startsWith(".service:"));
      if (isService && !item.marks.includes(asked.status)) return false;
      return !asked.gate || item.marks.some((mark) => mark.startsWith(asked.gate + ":"));
    }
    return item.marks.some((mark) => {
      const [gate, status] = mark.split(":");
      return (!asked.gate || gate === asked.gate) && (!asked.status || status === asked.status || status === "*");
    });
  };
  const hide = (element, hidden) => { if (element.hidden !== hidden) element.hidden = hidden; };
  const askedBy = ({ owner, service, gate, status }) => {
    const asked = { owner: owner.value, service: service.value.trim().toLowerCase(), gate: gate.value, status: status.value };
    if (asked.service) {
      asked.rows = [...document.querySelectorAll("#gates tr[data-service]")]
        .flatMap((row, place) => row.dataset.service.toLowerCase().includes(asked.service) ? [place] : []);
    }
    return asked;
  };
  // The first of the actions that fit; each leads to its place in the list of all.
  const showFirst = (list) => {
    let left = Number(list.dataset.first);
    for (const one of list.querySelectorAll("li")) {
      const action = byId(one.querySelector("a").hash.slice(1));
      hide(one, !left || !action || action.hidden);
      if (!one.hidden) left -= 1;
    }
  };
  // What contains hidden parts only is hidden as well.
  const hideEmpty = () => {
    let heading = null;
    for (const body of document.querySelectorAll("#gates tbody")) {
      if (!("part" in body.dataset)) hide(heading = body, true);
      else if (body.querySelector("tr:not([hidden])")) hide(heading, false);
    }
    for (const part of document.querySelectorAll("[data-part]")) hide(part, !part.querySelector("[data-service]:not([hidden])"));
    for (const list of document.querySelectorAll("[data-list], [data-first]")) {
      hide(list.querySelector(".nothing"), !!list.querySelector("[data-owner]:not([hidden]), .first li:not([hidden])"));
    }
  };
  const showCount = (form) => {
    const count = (selector) => document.querySelectorAll(selector).length;
    const text = `${count("#gates tr[data-service]:not([hidden])")} of ${count("#gates tr[data-service]")} ${byId("not-listed") ? "listed " : ""}services shown`;
    if (form.elements.shown.value !== text) form.elements.shown.value = text;
  };
  // Of a long page a part is shown at a time, so that it never stops responding; hiding costs little.
  const atOnce = 150;
  let turn = 0;
  const apply = (form) => {
    const asked = askedBy(form.elements);
    const mine = turn += 1;
    let place = 0;
    const goOn = () => {
      if (mine !== turn) return;
      const all = items();
      for (let cost = 0; place < all.length && cost < atOnce; place += 1) {
        const { element, part, cost: own } = all[place];
        const hidden = !fits(all[place], asked);
        if (element.hidden !== hidden) {
          element.hidden = hidden;
          if (part && part.hidden) part.hidden = false;
          if (!hidden) cost += own;
        }
      }
      if (place < all.length) requestAnimationFrame(() => setTimeout(goOn));
      else finish(form);
    };
    goOn();
  };
  const finish = (form) => {
    const left = new Set([...document.querySelectorAll("#gates tr[data-service]:not([hidden])")].map((row) => row.dataset.service));
    for (const article of document.querySelectorAll("article")) hide(article, !left.has(article.dataset.service));
    document.querySelectorAll("[data-first]").forEach(showFirst);
    hideEmpty();
    showCount(form);
  };

  // Listeners
  document.addEventListener("click", (event) => {
    if (event.target.id === "theme") switchTheme();
    const link = event.target.closest(".heat .cell a");
    if (link) openCell(event, link);
  });
  document.addEventListener("keydown", (event) => {
    const link = event.key in moves && event.target.closest(".heat .cell a");
    if (link) moveInMap(event, link);
    if (event.key === "Escape" && byId("opened") && !byId("opened").hidden) location.hash = "#gates";
  });
  addEventListener("popstate", showChosen);
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (event.target.form && event.target.form.id === "filters") apply(event.target.form);
    });
  }
  document.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("reset", (event) => setTimeout(() => apply(event.target)));
  document.addEventListener("DOMContentLoaded", () => {
    labelTheme();
    const form = byId("filters");
    if (!form) return;
    showCount(form);
    if (window.requestIdleCallback) requestIdleCallback(items);
  });
})();
