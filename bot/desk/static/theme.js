// Before anything is shown, so that a dark room stays dark. Without a choice the system's holds.
(() => {
  try {
    const theme = localStorage.getItem("desk.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // A browser that keeps nothing: the system's theme.
  }
})();
