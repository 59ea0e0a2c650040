// Asks the browser to make or use a passkey before a form that wants one is sent: <form data-passkey="create|get" data-options="id">.
// The options are JSON as the server's WebAuthn library writes it: {publicKey: {…}}, bytes as base64url. Source: W3C WebAuthn, 5.1.
// Browsers have parseCreationOptionsFromJSON and toJSON since 2023 to 2025; these few lines work in the older ones, too.

function decode(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function encode(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function withBytes(descriptors) {
  return (descriptors ?? []).map((one) => ({ ...one, id: decode(one.id) }));
}

function readOptions(form) {
  const given = JSON.parse(document.getElementById(form.dataset.options).textContent).publicKey;
  const options = { ...given, challenge: decode(given.challenge) };
  if (given.user) {
    options.user = { ...given.user, id: decode(given.user.id) };
    options.excludeCredentials = withBytes(given.excludeCredentials);
  } else {
    options.allowCredentials = withBytes(given.allowCredentials);
  }
  return options;
}

function asJson(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: encode(answer.clientDataJSON) };
  if (answer.attestationObject) {
    response.attestationObject = encode(answer.attestationObject);
    response.transports = answer.getTransports?.() ?? [];
  } else {
    response.authenticatorData = encode(answer.authenticatorData);
    response.signature = encode(answer.signature);
    response.userHandle = answer.userHandle ? encode(answer.userHandle) : null;
  }
  return {
    type: credential.type,
    id: credential.id,
    rawId: encode(credential.rawId),
    response,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function askBrowser(form) {
  const options = { publicKey: readOptions(form) };
  return form.dataset.passkey === "create" ? navigator.credentials.create(options) : navigator.credentials.get(options);
}

function showTrouble(form, trouble) {
  for (const note of form.querySelectorAll("[data-passkey-trouble]")) {
    note.hidden = note.dataset.passkeyTrouble !== trouble;
  }
}

async function send(form) {
  showTrouble(form, "");
  if (!window.PublicKeyCredential || !navigator.credentials) {
    showTrouble(form, "missing");
    return;
  }
  try {
    form.elements.credential.value = JSON.stringify(asJson(await askBrowser(form)));
    form.submit();
  } catch (error) {
    showTrouble(form, error.name === "InvalidStateError" ? "twice" : "refused");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  // Disabled as the server sends it: sent before this script is there, the form would hold no passkey.
  form.querySelector("button[type=submit]").disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
