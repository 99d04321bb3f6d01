/* Many visitors of the chat in one process: each says hello, asks, and waits for its answer.

   load --port N --plan FILE --sockets N [--rate N] [--warm S] [--seconds S] [--drain S]
        [--sockets-per-address N] [--log FILE] [--idle] [--browser]

   Without --rate every visitor asks again as soon as it has its answer (closed loop); with it so
   many questions a second are asked in turn, and an answer's time counts from the moment at which
   its question was due (open loop). --idle asks nothing. --log writes every delta and event with
   its time (CLOCK_MONOTONIC, nanoseconds) and the number of its socket.

   The plan has a line "H HELLO" for each kind of visitor, followed by its questions as JSON
   strings, "T TEXT". Says "ready" when all are welcome, begins at a line on standard input, says
   "measuring" and "measured" at both ends of the window, and last its report as JSON. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_OPEN = 16, BUFFER = 64 * 1024, AT_ONCE = 64 };
static const uint64_t SECOND = 1000000000ull;

typedef struct {
    char *hello;
    char **texts;
    unsigned text_count;
} Visitor;

typedef struct {
    uint64_t number; /* part of its client_id */
    uint64_t due;
    char exchange[37]; /* empty until its event came */
} Question;

typedef struct {
    int fd;
    enum { CONNECTING, UPGRADING, GREETING, TALKING, GONE } stage;
    const Visitor *visitor;
    unsigned next_text;
    long seq;
    Question open[MAX_OPEN];
    unsigned open_count;
    size_t filled;
    unsigned char *buffer;
} Socket;

typedef struct {
    uint64_t *values;
    size_t count, room;
} Times;

static struct {
    int port, sockets, sockets_per_address, is_idle, is_browser;
    double rate, warm, seconds, drain;
    const char *plan;
    FILE *log;
} option = {.sockets = 200, .sockets_per_address = 20000, .warm = 2, .seconds = 8, .drain = 5};

static Visitor *visitors;
static unsigned visitor_count;
static Socket *sockets;
static int poll_fd, timer_fd;
static unsigned run_id;
static int connecting, talking;
static enum { MEETING, WAITING, ASKING, DRAINING, DONE } phase;
static uint64_t begun_at, window_from, window_to, drained_by;
static uint64_t asked, due_count, unsent;
static uint64_t answered, by_rule, errors, gaps, lost;
static char last_error[160];
static Times answer_times, question_times;

static uint64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *get_memory(void *old, size_t size)
{
    void *memory = realloc(old, size);
    if (!memory)
        fail("memory");
    return memory;
}

static void add_time(Times *times, uint64_t value)
{
    if (times->count == times->room) {
        times->room = times->room ? times->room * 2 : 65536;
        times->values = get_memory(times->values, times->room * sizeof *times->values);
    }
    times->values[times->count++] = value;
}

static void say(const char *line)
{
    puts(line);
    fflush(stdout);
}

/* The plan */

static void read_plan(void)
{
    FILE *file = fopen(option.plan, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    if (!file)
        fail(option.plan);
    while ((length = getline(&line, &room, file)) > 2) {
        line[length - 1] = 0;
        if (line[0] == 'H') {
            visitors = get_memory(visitors, (visitor_count + 1) * sizeof *visitors);
            visitors[visitor_count++] = (Visitor){.hello = strdup(line + 2)};
        } else {
            Visitor *visitor = &visitors[visitor_count - 1];
            size_t size = (visitor->text_count + 1) * sizeof *visitor->texts;
            visitor->texts = get_memory(visitor->texts, size);
            visitor->texts[visitor->text_count++] = strdup(line + 2);
        }
    }
    free(line);
    fclose(file);
}

/* One connection */

static void drop(Socket *socket, const char *why)
{
    if (socket->stage == TALKING)
        talking--;
    else
        connecting--;
    lost++;
    snprintf(last_error, sizeof last_error, "%s", why);
    close(socket->fd);
    socket->stage = GONE;
}

static void watch(Socket *socket, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = socket};
    if (epoll_ctl(poll_fd, operation, socket->fd, &event) < 0)
        fail("epoll_ctl");
}

static void dial(Socket *socket_, int number)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)option.port)};
    struct sockaddr_in own = {.sin_family = AF_INET};
    int yes = 1;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* One address has some 28,000 ports to call from. */
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(number / option.sockets_per_address));
    socket_->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (socket_->fd < 0)
        fail("socket");
    setsockopt(socket_->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(socket_->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(socket_->fd, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    socket_->stage = CONNECTING;
    socket_->visitor = &visitors[(unsigned)number % visitor_count];
    socket_->next_text = (unsigned)number / visitor_count;
    socket_->buffer = get_memory(NULL, BUFFER + sizeof(Question)); /* an id may be looked for at its end */
    connecting++;
    if (connect(socket_->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
        fail("connect");
    watch(socket_, EPOLL_CTL_ADD, EPOLLOUT);
}

static int send_raw(Socket *socket, const void *data, size_t length)
{
    if (send(socket->fd, data, length, MSG_NOSIGNAL) == (ssize_t)length)
        return 1;
    drop(socket, "not all of a frame could be sent");
    return 0;
}

static int send_frame(Socket *socket, int opcode, const char *payload, size_t length)
{
    unsigned char frame[4096];
    size_t head = length < 126 ? 2 : 4;
    if (head + 4 + length > sizeof frame)
        fail("a frame is too long");
    frame[0] = (unsigned char)(0x80 | opcode);
    frame[1] = (unsigned char)(0x80 | (length < 126 ? length : 126));
    frame[2] = (unsigned char)(length >> 8);
    frame[3] = (unsigned char)length;
    memset(frame + head, 0, 4); /* a mask of noughts leaves the payload as it is */
    memcpy(frame + head + 4, payload, length);
    return send_raw(socket, frame, head + 4 + length);
}

static void upgrade(Socket *socket)
{
    char request[512];
    int length = snprintf(request, sizeof request,
                          "GET /ws/chat/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                          option.port,
                          option.is_browser ? "Sec-WebSocket-Extensions: permessage-deflate; "
                                              "client_max_window_bits\r\n"
                                            : "");
    socket->stage = UPGRADING;
    watch(socket, EPOLL_CTL_MOD, EPOLLIN);
    send_raw(socket, request, (size_t)length);
}

static void ask(Socket *socket, uint64_t due)
{
    char message[3072];
    const Visitor *visitor = socket->visitor;
    Question *question = &socket->open[socket->open_count++];
    int length;
    *question = (Question){.number = ++asked, .due = due};
    length = snprintf(message, sizeof message,
                      "{\"type\":\"message\",\"client_id\":\"%08x-0000-4000-8000-%012llx\",\"text\":%s}",
                      run_id, (unsigned long long)asked,
                      visitor->texts[socket->next_text++ % visitor->text_count]);
    send_frame(socket, 1, message, (size_t)length);
}

/* What comes back. Quotes inside JSON strings are escaped, so a quoted name is a member's name. */

static const char *find_value(const char *text, size_t length, const char *quoted_name)
{
    const char *end = text + length;
    const char *found = memmem(text, length, quoted_name, strlen(quoted_name));
    if (!found)
        return NULL;
    found += strlen(quoted_name);
    while (found < end && (*found == ':' || *found == ' ' || *found == '"'))
        found++;
    return found < end ? found : NULL;
}

static int has_value(const char *text, size_t length, const char *quoted_name, const char *value)
{
    const char *found = find_value(text, length, quoted_name);
    size_t size = strlen(value);
    return found && (size_t)(text + length - found) >= size && !memcmp(found, value, size);
}

static Question *find_asked(Socket *socket, const char *client_id)
{
    uint64_t number = strtoull(client_id + 24, NULL, 16);
    for (unsigned at = 0; at < socket->open_count; at++)
        if (socket->open[at].number == number)
            return &socket->open[at];
    return NULL;
}

static Question *find_exchange(Socket *socket, const char *exchange)
{
    for (unsigned at = 0; at < socket->open_count; at++)
        if (!memcmp(socket->open[at].exchange, exchange, 36))
            return &socket->open[at];
    return NULL;
}

static void settle(Socket *socket, Question *question, uint64_t now)
{
    *question = socket->open[--socket->open_count];
    if (phase == ASKING && option.rate == 0 && now < window_to)
        ask(socket, now_ns());
}

static void take_answer(Socket *socket, Question *question, int is_rule, uint64_t now)
{
    if (now >= window_from && now < window_to) {
        answered++;
        by_rule += (uint64_t)is_rule;
        add_time(&answer_times, now - question->due);
    }
    settle(socket, question, now);
}

static void take_event(Socket *socket, const char *text, size_t length, uint64_t now)
{
    const char *seq = find_value(text, length, "\"seq\"");
    const char *exchange = find_value(text, length, "\"exchange\"");
    const char *client_id = find_value(text, length, "\"client_id\"");
    Question *question;
    if (seq && strtol(seq, NULL, 10) != ++socket->seq) {
        gaps++;
        socket->seq = strtol(seq, NULL, 10);
    }
    if (!exchange)
        return;
    if (client_id) {
        if ((question = find_asked(socket, client_id))) {
            memcpy(question->exchange, exchange, 36);
            if (now >= window_from && now < window_to)
                add_time(&question_times, now - question->due);
        }
    } else if (has_value(text, length, "\"kind\"", "message") &&
               (question = find_exchange(socket, exchange)))
        take_answer(socket, question, has_value(text, length, "\"source\"", "rule"), now);
}

static void take_error(Socket *socket, const char *text, size_t length, uint64_t now)
{
    const char *client_id = find_value(text, length, "\"client_id\"");
    Question *question = client_id ? find_asked(socket, client_id) : NULL;
    errors++;
    snprintf(last_error, sizeof last_error, "%.*s", (int)length, text);
    if (question)
        settle(socket, question, now);
}

static void welcome(Socket *socket)
{
    socket->stage = TALKING;
    connecting--;
    talking++;
}

static void take_compressed(Socket *socket)
{
    if (socket->stage == GREETING)
        welcome(socket);
    else if (!option.is_idle)
        drop(socket, "the server compresses, and this client does not read that");
}

static void take_frame(Socket *socket, int opcode, const char *text, size_t length, uint64_t now)
{
    if (opcode == 9)
        send_frame(socket, 10, text, length);
    else if (opcode == 8)
        drop(socket, "the server closed a socket");
    else if (has_value(text, length, "\"type\"", "welcome"))
        welcome(socket);
    else {
        int is_event = has_value(text, length, "\"type\"", "event");
        if (option.log && (is_event || has_value(text, length, "\"type\"", "delta")))
            fprintf(option.log, "%llu %ld %.*s\n", (unsigned long long)now,
                    (long)(socket - sockets), (int)length, text);
        if (is_event)
            take_event(socket, text, length, now);
        else if (has_value(text, length, "\"type\"", "error"))
            take_error(socket, text, length, now);
    }
}

/* The length of one whole frame at `data`, and where its payload begins; 0 if more has to come. */
static size_t find_frame(const unsigned char *data, size_t length, size_t *head)
{
    size_t size;
    if (length < 2)
        return 0;
    size = data[1] & 127;
    *head = size < 126 ? 2 : size == 126 ? 4 : 10;
    if (length < *head)
        return 0;
    if (*head > 2) {
        size = 0;
        for (size_t at = 2; at < *head; at++)
            size = size << 8 | data[at];
    }
    return length >= *head + size ? *head + size : 0;
}

static size_t read_upgrade(Socket *socket)
{
    const char *text = (char *)socket->buffer;
    const char *end = memmem(text, socket->filled, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (memcmp(text + 9, "101", 3)) {
        drop(socket, "the server did not upgrade to a socket");
        return 0;
    }
    socket->stage = GREETING;
    send_frame(socket, 1, socket->visitor->hello, strlen(socket->visitor->hello));
    return (size_t)(end - text) + 4;
}

static void take_bytes(Socket *socket)
{
    uint64_t now = now_ns();
    size_t used = socket->stage == UPGRADING ? read_upgrade(socket) : 0;
    size_t head, size;
    while (socket->stage > UPGRADING && socket->stage < GONE &&
           (size = find_frame(socket->buffer + used, socket->filled - used, &head))) {
        const unsigned char *frame = socket->buffer + used;
        if (frame[0] & 0x40)
            take_compressed(socket);
        else
            take_frame(socket, frame[0] & 15, (const char *)frame + head, size - head, now);
        used += size;
    }
    socket->filled -= used;
    memmove(socket->buffer, socket->buffer + used, socket->filled);
}

static void receive(Socket *socket)
{
    ssize_t got = recv(socket->fd, socket->buffer + socket->filled, BUFFER - socket->filled, 0);
    if (got > 0) {
        socket->filled += (size_t)got;
        take_bytes(socket);
    } else if (got == 0 || errno != EAGAIN)
        drop(socket, got ? "a connection broke" : "the server hung up");
}

static void wake(Socket *socket, uint32_t events)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (socket->stage == GONE)
        return;
    if (socket->stage != CONNECTING) {
        receive(socket);
        return;
    }
    getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error)
        drop(socket, "the server did not accept a connection");
    else if (events & EPOLLOUT)
        upgrade(socket);
}

/* The run */

static void set_timer(uint64_t at)
{
    struct itimerspec when = {.it_value = {(time_t)(at / SECOND), (long)(at % SECOND)}};
    timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static uint64_t find_due(void)
{
    return begun_at + (uint64_t)((double)due_count * 1e9 / option.rate);
}

static Socket *find_free(void)
{
    static int turn;
    for (int tried = 0; tried < option.sockets; tried++) {
        Socket *socket = &sockets[turn++ % option.sockets];
        if (socket->stage == TALKING && socket->open_count < MAX_OPEN)
            return socket;
    }
    return NULL;
}

static void ask_what_is_due(uint64_t now)
{
    uint64_t due;
    while ((due = find_due()) <= now) {
        Socket *socket = find_free();
        if (socket)
            ask(socket, due);
        else
            unsent++;
        due_count++;
    }
}

static void begin(void)
{
    begun_at = now_ns();
    window_from = begun_at + (uint64_t)(option.warm * 1e9);
    window_to = window_from + (uint64_t)(option.seconds * 1e9);
    phase = ASKING;
    for (int at = 0; at < option.sockets && option.rate == 0; at++)
        if (sockets[at].stage == TALKING)
            ask(&sockets[at], now_ns());
    set_timer(option.rate ? begun_at : window_from);
}

static unsigned count_open(void)
{
    unsigned count = 0;
    for (int at = 0; at < option.sockets; at++)
        count += sockets[at].stage == GONE ? 0 : sockets[at].open_count;
    return count;
}

/* Goes on with the run; called after every event and when the timer rings. */
static void advance(uint64_t now)
{
    static int is_measuring;
    uint64_t next;
    if (phase == ASKING && !is_measuring && now >= window_from) {
        is_measuring = 1;
        say("measuring");
    }
    if (phase == ASKING && now >= window_to) {
        say("measured");
        phase = DRAINING;
        drained_by = now + (uint64_t)(option.drain * 1e9);
    }
    if (phase == DRAINING && (now >= drained_by || !count_open()))
        phase = DONE;
    if (phase == ASKING && option.rate)
        ask_what_is_due(now);
    if (phase == ASKING) {
        next = is_measuring ? window_to : window_from;
        set_timer(option.rate && find_due() < next ? find_due() : next);
    } else if (phase == DRAINING)
        set_timer(drained_by);
}

static void read_command(void)
{
    char line[64];
    ssize_t got = read(STDIN_FILENO, line, sizeof line);
    if (option.is_idle || got <= 0)
        phase = DONE;
    else
        begin();
}

static void meet(int *dialled)
{
    while (*dialled < option.sockets && connecting < AT_ONCE) {
        dial(&sockets[*dialled], *dialled);
        (*dialled)++;
    }
    if (*dialled == option.sockets && !connecting) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &phase};
        phase = WAITING;
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
        say("ready");
    }
}

static void run(void)
{
    struct epoll_event events[512];
    int dialled = 0;
    while (phase != DONE) {
        if (phase == MEETING)
            meet(&dialled);
        int count = epoll_wait(poll_fd, events, 512, -1);
        for (int at = 0; at < count; at++) {
            if (events[at].data.ptr == &phase)
                read_command();
            else if (events[at].data.ptr == &timer_fd) {
                uint64_t rings;
                if (read(timer_fd, &rings, sizeof rings) < 0 && errno != EAGAIN)
                    fail("timer");
            } else
                wake(events[at].data.ptr, events[at].events);
        }
        if (phase == ASKING || phase == DRAINING)
            advance(now_ns());
    }
}

/* The report */

static int compare(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

static void show_times(const char *name, Times *times)
{
    double shares[] = {0.5, 0.9, 0.99, 0.999, 1};
    const char *names[] = {"p50", "p90", "p99", "p999", "max"};
    if (times->count)
        qsort(times->values, times->count, sizeof *times->values, compare);
    printf(",\"%s\":{", name);
    for (int at = 0; at < 5; at++) {
        size_t place = times->count ? (size_t)((double)(times->count - 1) * shares[at]) : 0;
        double value = times->count ? (double)times->values[place] / 1e6 : 0;
        printf("%s\"%s\":%.4f", at ? "," : "", names[at], value);
    }
    printf("}");
}

static void show_report(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    for (char *at = last_error; *at; at++)
        if (*at == '"' || *at == '\\' || (unsigned char)*at < ' ')
            *at = '\'';
    printf("{\"sockets\":%d,\"seconds\":%.3f,\"asked\":%llu,\"answered\":%llu,\"by_rule\":%llu,"
           "\"unanswered\":%u,\"unsent\":%llu,\"errors\":%llu,\"lost\":%llu,\"gaps\":%llu",
           talking, option.seconds, (unsigned long long)asked, (unsigned long long)answered,
           (unsigned long long)by_rule, count_open(), (unsigned long long)unsent,
           (unsigned long long)errors, (unsigned long long)lost, (unsigned long long)gaps);
    printf(",\"cpu\":%.3f,\"last_error\":\"%s\"",
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
           last_error);
    show_times("question_ms", &question_times);
    show_times("answer_ms", &answer_times);
    say("}");
}

static void read_options(int count, char **words)
{
    static const struct option names[] = {
        {"port", 1, 0, 'p'},  {"plan", 1, 0, 'f'},  {"sockets", 1, 0, 'n'}, {"rate", 1, 0, 'r'},
        {"warm", 1, 0, 'w'},  {"seconds", 1, 0, 's'}, {"drain", 1, 0, 'd'}, {"log", 1, 0, 'l'},
        {"idle", 0, 0, 'i'},  {"browser", 0, 0, 'b'},  {"sockets-per-address", 1, 0, 'a'},  {0, 0, 0, 0}};
    int letter;
    while ((letter = getopt_long(count, words, "", names, NULL)) != -1) {
        switch (letter) {
        case 'p': option.port = atoi(optarg); break;
        case 'f': option.plan = optarg; break;
        case 'n': option.sockets = atoi(optarg); break;
        case 'a': option.sockets_per_address = atoi(optarg); break;
        case 'r': option.rate = atof(optarg); break;
        case 'w': option.warm = atof(optarg); break;
        case 's': option.seconds = atof(optarg); break;
        case 'd': option.drain = atof(optarg); break;
        case 'i': option.is_idle = 1; break;
        case 'b': option.is_browser = 1; break;
        case 'l':
            if (!(option.log = fopen(optarg, "w")))
                fail(optarg);
            break;
        default: exit(2);
        }
    }
}

int main(int count, char **words)
{
    struct timespec time;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &timer_fd};
    read_options(count, words);
    read_plan();
    clock_gettime(CLOCK_REALTIME, &time);
    run_id = (unsigned)(time.tv_nsec ^ time.tv_sec << 12 ^ getpid());
    sockets = calloc((size_t)option.sockets, sizeof *sockets);
    poll_fd = epoll_create1(0);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    if (!sockets || poll_fd < 0 || timer_fd < 0)
        fail("start");
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, timer_fd, &event);
    run();
    if (!option.is_idle)
        show_report();
    return 0;
}
