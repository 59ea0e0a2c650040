// Of an Engine's credentials those that its URL needs are unfolded while it is typed; a fold can be opened by hand as well.
(function () {
  "use strict";
  var url = document.querySelector("input[name=url]");
  var folds = document.querySelectorAll("details[data-scheme]");
  if (!url) {
    return;
  }
  var before = null;
  var unfold = function () {
    var scheme = url.value.trim().split("://")[0];
    if (scheme === before) {
      return;
    }
    before = scheme;
    folds.forEach(function (fold) {
      fold.open = fold.dataset.scheme === scheme;
    });
  };
  url.addEventListener("input", unfold);
  unfold();
})();
