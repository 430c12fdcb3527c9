// Runs before anything is drawn, so that a page in the chosen theme does not flash in the other one. Not a module for that reason.
try {
  const theme = localStorage.getItem('sluice-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden; the system's theme is used then.
}
