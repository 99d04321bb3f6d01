// The fast way to the server: one WebSocket, from hello to close.

const PING_EVERY = 20_000; // ms
const WELCOME_WITHIN = 10_000; // ms; a proxy may swallow the upgrade without a word

/** Opens once; `onClose(code)` comes once, 1006 when the server said nothing. */
export class SocketTransport {
  #socket = null;
  #options;
  #timer = 0;
  #isWelcome = false;
  #isQuiet = false; // nothing came since the last ping

  constructor({ url, buildHello, onFrame, onClose }) {
    this.#options = { url, buildHello, onFrame, onClose };
  }

  open() {
    const { url, buildHello } = this.#options;
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () => this.#write({ type: "hello", ...buildHello() });
    this.#socket.onmessage = ({ data }) => this.#read(data);
    this.#socket.onclose = ({ code }) => this.#finish(code);
    this.#timer = setTimeout(() => this.#finish(1006), WELCOME_WITHIN);
  }

  send(frame) {
    const canSend = this.#isWelcome && this.#socket?.readyState === WebSocket.OPEN;
    if (canSend) this.#write(frame);
    return canSend;
  }

  close() {
    this.#options.onClose = () => {};
    this.#finish(1000);
  }

  #write(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  #read(data) {
    const frame = JSON.parse(data);
    this.#isQuiet = false;
    if (frame.type === "welcome") {
      this.#isWelcome = true;
      frame.notice ??= ""; // a socket's welcome says all there is to say; a long poll's does not
      clearTimeout(this.#timer);
      this.#timer = setInterval(() => this.#ping(), PING_EVERY);
    }
    this.#options.onFrame(frame);
  }

  #ping() {
    if (this.#isQuiet || !this.send({ type: "ping" })) this.#finish(1006);
    this.#isQuiet = true;
  }

  #finish(code) {
    if (!this.#socket) return;
    clearTimeout(this.#timer);
    clearInterval(this.#timer);
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    this.#socket = null;
    socket.close();
    this.#options.onClose(code);
  }
}
