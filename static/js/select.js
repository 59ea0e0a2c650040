// Filters of a toolbar apply themselves when picked. Without this script the toolbar's "Apply" button does it.
(function () {
  "use strict";

  document.addEventListener("change", function (event) {
    var form = event.target.matches && event.target.matches(".toolbar select") && event.target.form;
    if (form) {
      submit(form);
    }
  });

  document.addEventListener("submit", function (event) {
    if (event.target.matches(".toolbar")) {
      dropEmpty(event.target);
    }
  });

  function submit(form) {
    if (form.requestSubmit) {
      form.requestSubmit();
    } else {
      dropEmpty(form);
      form.submit();
    }
  }

  // Empty filters stay out of the URL, so that the same view has one address. They come back when the page does.
  function dropEmpty(form) {
    Array.prototype.forEach.call(form.elements, function (element) {
      if (element.name && element.value === "") {
        element.disabled = true;
      }
    });
  }

  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".toolbar :disabled"), function (element) {
      element.disabled = false;
    });
  });
})();
