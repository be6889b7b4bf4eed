// Before anything is shown, so that a dark room stays dark (without a choice the system's theme holds), and so that what only
// scripts can open is closed only where there are scripts.
(() => {
  document.documentElement.classList.add("scripted");
  try {
    const theme = localStorage.getItem("desk.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // A browser that keeps nothing: the system's theme.
  }
})();
