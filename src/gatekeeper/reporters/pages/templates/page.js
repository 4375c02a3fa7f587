(() => {
  "use strict";
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const remembered = {
    get() { try { return localStorage.getItem("gatekeeper-theme"); } catch { return null; } },
    set(value) { try { localStorage.setItem("gatekeeper-theme", value); } catch { /* a file may not */ } },
  };
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const tell = () => { theme.textContent = isDark() ? "Light theme" : "Dark theme"; };
  if (["light", "dark"].includes(remembered.get())) root.dataset.theme = remembered.get();
  theme.hidden = false;
  tell();
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered.set(root.dataset.theme);
    tell();
  });

  const form = document.getElementById("filters");
  if (!form) return;
  // Looked for when a filter is first used: on a long page that takes a while.
  let found = null;
  const items = () => found ||= [...document.querySelectorAll("[data-owner], [data-marks]")].map((element) => ({
    element,
    owner: element.dataset.owner,
    services: (element.dataset.service || "").toLowerCase(),
    isOfService: "service" in element.dataset,
    marks: "marks" in element.dataset ? element.dataset.marks.split(" ") : null,
  }));
  const lists = [...document.querySelectorAll("[data-list]")];
  const fits = (item, asked) => {
    if (asked.owner && item.owner !== undefined && item.owner !== asked.owner) return false;
    if (asked.service && item.isOfService && !item.services.includes(asked.service)) return false;
    if (!item.marks || !(asked.gate || asked.status)) return true;
    // A verdict is a service's alone; within it the gate decides what is shown.
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
  const tellCount = () => {
    const rows = [...document.querySelectorAll("#gates tr[data-owner]")];
    const left = rows.filter((row) => !row.hidden).length;
    const text = `${left} of ${rows.length} services shown`;
    if (form.elements.shown.value !== text) form.elements.shown.value = text;
  };
  const apply = () => {
    const asked = {
      owner: form.elements.owner.value,
      service: form.elements.service.value.trim().toLowerCase(),
      gate: form.elements.gate.value,
      status: form.elements.status.value,
    };
    for (const item of items()) item.element.hidden = !fits(item, asked);
    for (const list of lists) {
      list.querySelector(".nothing").hidden = !!list.querySelector("[data-owner]:not([hidden])");
    }
    tellCount();
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  tellCount();
})();
