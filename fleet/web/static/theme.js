// Light or dark: as the system says, unless this browser was told otherwise. Loaded before the page is drawn, so that
// it never flashes; without it the page is light.
(() => {
  const key = "lapel-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  const kept = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off in this browser; the system's choice stands
    }
  };

  const apply = () => {
    const theme = kept() ?? (system.matches ? "dark" : "light");
    root.dataset.bsTheme = theme;
    const word = document.querySelector("[data-theme-word]");
    if (word) word.textContent = theme === "dark" ? "Use light colours" : "Use dark colours";
  };

  apply();
  system.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    button.hidden = false;
    apply();
    button.addEventListener("click", () => {
      try {
        localStorage.setItem(key, root.dataset.bsTheme === "dark" ? "light" : "dark");
      } catch {
        return; // nowhere to keep the choice
      }
      apply();
    });
  });
})();
