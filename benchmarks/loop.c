/* The path kernel by hand in C: what the engine is measured against.
 *
 * The same process as clientela/engine/kernel.py, from the same compiled arrays and the same
 * random streams, writing the same log. It follows the engine function by function, so that the
 * two can be read side by side; the reasons for the method are given there.
 *
 * Build: cc -O3 -march=native -shared -fPIC loop.c -o loop.so -lm
 */

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* ---- The compiled process ----------------------------------------------------------------- */

/* Each struct mirrors a named tuple of clientela/process/program.py, field by field: the caller
 * passes the tuples' own arrays, so the order of the fields is the interface. `X_lo` is one
 * longer than what it indexes: the run of row i is X_lo[i] … X_lo[i + 1] − 1. */

typedef struct { const int64_t *start, *baseline, *decay; const double *low, *high; } Variables;

typedef struct {
    const int64_t *rate, *need, *value;
    const int64_t *add_lo, *add_var, *add_coef;
    const int64_t *log_lo, *log_var, *log_coef;
    const uint64_t *key;
} Rates;

typedef struct { const int64_t *var_lo, *var_event, *var_coef, *var_log, *flag_lo, *flag_event; } Graph;

typedef struct {
    const int64_t *effect_lo, *effect_hi, *group_lo, *mark, *none, *mean, *dispersion;
    const uint64_t *mark_key;
} Happenings;

typedef struct {
    const int64_t *kind;
    const uint64_t *key;
    const int64_t *branch_lo;
    const int64_t *seats; /* (groups, 10): what a vote takes, see is_passed */
    const int64_t *coef;  /* (groups, 4): opposed, neutral, unbound, swayed; or first feature */
    const int64_t *member;
} Groups;

typedef struct {
    const int64_t *weight, *slope_lo, *slope_var, *slope_coef, *effect_lo, *effect_hi, *label;
} Branches;

typedef struct { const int64_t *op, *target, *first, *second; } Effects;

typedef struct { const int64_t *below, *point_lo, *point, *level; } Tables;

typedef struct { const int64_t *coef, *slope_lo, *slope_var, *slope_coef; } Features;

typedef struct {
    const int64_t *pointer, *masks;
    const double *features; /* (features, coalitions) */
    const int64_t *kinds, *opposed;
    const int64_t *seats; /* (phases, lists) */
    const int64_t *camps, *unbound, *resigned;
} Assembly;

typedef struct {
    const int64_t *schedule_event, *schedule_at, *timer_event, *past_event;
    const double *past_day;
    const int64_t *past_mark, *past_lo, *past_branch;
} Times;

typedef struct {
    Variables variables;
    Rates rates;
    Graph graph;
    Happenings happenings;
    Groups groups;
    Branches branches;
    Effects effects;
    Tables tables;
    Features features;
    Assembly assembly;
    Times times;
    const double *base;       /* coefficients, constants filled in */
    const int64_t *positions; /* where a draw's own coefficients go */
    int64_t variable_count, event_count, feature_count, coalition_count, list_count;
    int64_t phase_count, resigned_count, schedule_count, timer_count, past_count;
    int64_t coefficient_count, position_count;
    int64_t flags; /* as bits, at day 0 */
    double horizon;
} Program;

/* What happened, in order; `rows` is the room there is. */
typedef struct {
    int32_t *draw;
    double *day;
    int16_t *label;
    int64_t *mark;
    int64_t rows;
} Log;

enum { ADD, ADD_BY, ADD_MARK, MOVE, LOOK_UP, REBASE, RAISE, LOWER, FIRE, FIRE_AFTER, FIRE_AT };
enum { CHOICE, PROPOSAL, VOTE, MEMBERSHIP, KIND };
enum { NO_MARK, KILLED, COALITION };
enum { FINISHED, LOG_FULL, TOO_MANY, NOT_FINITE, BOUND_BROKEN };
enum { PATHS = 1, STRIPS = 28, QUEUE = 64, MAX_KILLED = 10000 };

/* For the caller to check that both sides agree about the interface. */
int64_t program_bytes(void) { return (int64_t)sizeof(Program); }

/* ---- The state of one history --------------------------------------------------------------- */

/* A variable relaxes between events, so it is kept as its value at the last change. What was
 * last read is kept beside it: one event reads the same variable at the same time many times. */
typedef struct {
    double value, since, base, decay, low, high, seen, seen_at;
} Variable;

/* The next point of one strip of one event, and where it stands in its cell of time. */
typedef struct {
    double time, height, sum;
    int64_t cell, number;
} Strip;

/* Of an event's open strips, the earliest point. */
typedef struct {
    double time;
    int64_t strip, open;
} Next;

/* Upper bounds of the two parts of an event's intensity, kept up to date. */
typedef struct { double additive, factor; } Bound;

typedef struct {
    const Program *p;
    Log *log;
    double *coef;
    Variable *variables;
    Strip *strips; /* (events, STRIPS) */
    Next *next;
    Bound *bounds;
    int64_t *counts, *chosen, *dirty;
    bool *is_dirty;
    double *utility, *agenda_day, *timer;
    int64_t *agenda_event;
    int64_t queue[QUEUE];
    int64_t flags, proposal, proposals, logged, dirty_count, waiting;
    uint64_t key0;
    int32_t draw;
} History;

/* ---- Random streams: Threefry-2x64, 13 rounds ------------------------------------------------ */

typedef struct { uint64_t a, b; } Words;

static inline uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

static inline Words mix(Words w, int bits) {
    w.a += w.b;
    w.b = rotate(w.b, bits) ^ w.a;
    return w;
}

static inline Words four_rounds(Words w, int r0, int r1, int r2, int r3) {
    return mix(mix(mix(mix(w, r0), r1), r2), r3);
}

static inline Words threefry(uint64_t key0, uint64_t key1, uint64_t counter0, uint64_t counter1) {
    uint64_t key2 = UINT64_C(0x1BD11BDAA9FC1A22) ^ key0 ^ key1;
    Words w = {counter0 + key0, counter1 + key1};
    w = four_rounds(w, 16, 42, 12, 31);
    w.a += key1;
    w.b += key2 + 1;
    w = four_rounds(w, 16, 32, 24, 21);
    w.a += key2;
    w.b += key0 + 2;
    w = four_rounds(w, 16, 42, 12, 31);
    w.a += key0;
    w.b += key1 + 3;
    return mix(w, 16);
}

/* Strictly between 0 and 1, so that its logarithm is finite. */
static inline double unit(uint64_t word) { return ((double)(word >> 12) + 0.5) * 0x1p-52; }

/* ---- Strips of intensity height -------------------------------------------------------------- */

/* Strip s is 2^(s−1) times as high as the lowest (strips 0 and 1 are equal) and begins where the
 * strip below ends. Cells are as wide as makes one point per cell. */
static double HEIGHT[STRIPS], FLOOR[STRIPS], WIDTH[STRIPS], TOP[STRIPS];

__attribute__((constructor)) static void measure_strips(void) {
    for (int s = 0; s < STRIPS; s++) {
        HEIGHT[s] = ldexp(1.0, -10 + (s > 0 ? s - 1 : 0));
        FLOOR[s] = s > 0 ? HEIGHT[s] : 0.0;
        WIDTH[s] = 1.0 / HEIGHT[s];
        TOP[s] = FLOOR[s] + HEIGHT[s];
    }
}

/* ---- Variables and intensities --------------------------------------------------------------- */

static inline double clamp(double x, double low, double high) {
    x = x > low ? x : low;
    return x < high ? x : high;
}

static inline double read(History *h, int64_t v, double t) {
    Variable *x = &h->variables[v];
    if (x->seen_at == t) return x->seen;
    double now = x->value;
    if (x->decay != 0.0 && now != x->base)
        now = x->base + (now - x->base) * exp(-x->decay * (t - x->since));
    x->seen = now;
    x->seen_at = t;
    return now;
}

static inline void write(History *h, int64_t v, double t, double value) {
    Variable *x = &h->variables[v];
    value = clamp(value, x->low, x->high);
    x->value = value;
    x->since = t;
    x->seen = value;
    x->seen_at = t;
}

static inline bool is_open(const History *h, int64_t e) {
    const Rates *r = &h->p->rates;
    return (h->flags & r->need[e]) == r->value[e];
}

static inline double intensity(History *h, int64_t e, double t) {
    const Rates *r = &h->p->rates;
    const double *coef = h->coef;
    if (!is_open(h, e)) return 0.0;
    double additive = coef[r->rate[e]];
    for (int64_t k = r->add_lo[e]; k < r->add_lo[e + 1]; k++)
        additive += coef[r->add_coef[k]] * read(h, r->add_var[k], t);
    if (additive <= 0.0) return 0.0;
    double exponent = 0.0;
    for (int64_t k = r->log_lo[e]; k < r->log_lo[e + 1]; k++)
        exponent += coef[r->log_coef[k]] * read(h, r->log_var[k], t);
    return additive * exp(exponent);
}

/* The most that coefficient · x can be from t on: it is monotone toward its baseline. */
static inline double ceiling(History *h, int64_t v, double t, double coefficient) {
    double now = coefficient * read(h, v, t);
    if (h->variables[v].decay == 0.0) return now;
    double later = coefficient * h->variables[v].base;
    return now > later ? now : later;
}

static inline double bound(History *h, int64_t e, double t) {
    const Rates *r = &h->p->rates;
    const double *coef = h->coef;
    h->bounds[e].additive = 0.0;
    if (!is_open(h, e)) return 0.0;
    double additive = coef[r->rate[e]];
    for (int64_t k = r->add_lo[e]; k < r->add_lo[e + 1]; k++)
        additive += ceiling(h, r->add_var[k], t, coef[r->add_coef[k]]);
    if (additive <= 0.0) return 0.0;
    double exponent = 0.0;
    for (int64_t k = r->log_lo[e]; k < r->log_lo[e + 1]; k++)
        exponent += ceiling(h, r->log_var[k], t, coef[r->log_coef[k]]);
    h->bounds[e] = (Bound){additive, exp(exponent) * (1.0 + 1e-9)}; /* a hair above, for rounding */
    return additive * h->bounds[e].factor;
}

/* Moves a strip to its next point later than `after`; infinite past the horizon. */
static void advance(History *h, int64_t e, int64_t s, double after) {
    Strip *at = &h->strips[e * STRIPS + s];
    uint64_t key1 = h->p->rates.key[e];
    double width = WIDTH[s], total = at->sum;
    int64_t cell = at->cell, number = at->number;
    for (;;) {
        Words w = threefry(h->key0, key1, ((uint64_t)s << 56) | (uint64_t)cell, (uint64_t)number);
        number++;
        total -= log(unit(w.a));
        if (total >= 1.0) { /* beyond the cell: the next cell starts afresh */
            cell++;
            number = 0;
            total = 0.0;
            if ((double)cell * width > h->p->horizon) {
                at->time = INFINITY;
                break;
            }
            continue;
        }
        double t = ((double)cell + total) * width;
        if (t > after) {
            at->time = t;
            at->height = FLOOR[s] + HEIGHT[s] * unit(w.b);
            break;
        }
    }
    at->sum = total;
    at->cell = cell;
    at->number = number;
}

static inline void find_next(History *h, int64_t e) {
    const Strip *strips = &h->strips[e * STRIPS];
    Next *next = &h->next[e];
    next->time = INFINITY;
    next->strip = -1;
    for (int64_t s = 0; s < next->open; s++)
        if (strips[s].time < next->time) {
            next->time = strips[s].time;
            next->strip = s;
        }
}

/* Opens or closes the strips that the event's bound reaches. False if it is too high. */
static bool rebound(History *h, int64_t e, double t) {
    double most = bound(h, e, t);
    int64_t needed = 0;
    if (most > 0.0) {
        needed = 1;
        while (TOP[needed - 1] < most)
            if (++needed > STRIPS) return false;
    } else if (most != 0.0) { /* not a number */
        return false;
    }
    Strip *strips = &h->strips[e * STRIPS];
    for (int64_t s = h->next[e].open; s < needed; s++)
        /* A closed strip keeps its next point; only if that is past is it made from t's cell. */
        if (strips[s].time <= t) {
            strips[s].cell = (int64_t)(t * HEIGHT[s]);
            strips[s].number = 0;
            strips[s].sum = 0.0;
            advance(h, e, s, t);
        }
    h->next[e].open = needed;
    find_next(h, e);
    return true;
}

/* ---- Effects ------------------------------------------------------------------------------------ */

static inline void make_dirty(History *h, int64_t e) {
    h->is_dirty[e] = true;
    h->dirty[h->dirty_count++] = e;
}

static inline void touch_flag(History *h, int64_t flag) {
    const Graph *g = &h->p->graph;
    for (int64_t k = g->flag_lo[flag]; k < g->flag_lo[flag + 1]; k++)
        if (!h->is_dirty[g->flag_event[k]]) make_dirty(h, g->flag_event[k]);
}

/* A bound that falls still holds; one that rises is made anew, from all its terms, only when it
 * leads out of the open strips. */
static inline void touch_variable(History *h, int64_t v, double change) {
    const Graph *g = &h->p->graph;
    for (int64_t k = g->var_lo[v]; k < g->var_lo[v + 1]; k++) {
        double rise = h->coef[g->var_coef[k]] * change;
        if (!(rise > 0.0)) continue;
        Bound *b = &h->bounds[g->var_event[k]];
        if (g->var_log[k]) b->factor *= exp(rise);
        else b->additive += rise;
        int64_t open = h->next[g->var_event[k]].open;
        if ((open == 0 || b->additive * b->factor > TOP[open - 1]) && !h->is_dirty[g->var_event[k]])
            make_dirty(h, g->var_event[k]);
    }
}

/* What table k gives for x. */
static double look_up(const History *h, int64_t k, double x) {
    const Tables *tables = &h->p->tables;
    const double *coef = h->coef;
    int64_t at = tables->point_lo[k], last = tables->point_lo[k + 1] - 1;
    if (x < coef[tables->point[at]]) return coef[tables->below[k]];
    while (at < last && x >= coef[tables->point[at + 1]]) at++;
    double level = coef[tables->level[at]];
    if (at == last) return level;
    double point = coef[tables->point[at]];
    double share = (x - point) / (coef[tables->point[at + 1]] - point);
    return level + share * (coef[tables->level[at + 1]] - level);
}

static void apply(History *h, int64_t lo, int64_t hi, double t, int64_t mark) {
    const Effects *effects = &h->p->effects;
    const double *coef = h->coef;
    for (int64_t k = lo; k < hi; k++) {
        int64_t op = effects->op[k], target = effects->target[k];
        if (op == FIRE_AFTER) {
            double days = coef[effects->first[k]];
            h->timer[target] = t + (days > 0.0 ? days : 0.0);
            continue;
        }
        if (op == FIRE || op == FIRE_AT) {
            if (op == FIRE_AT && read(h, effects->second[k], t) < coef[effects->first[k]]) continue;
            if (h->waiting < QUEUE) h->queue[h->waiting] = target;
            h->waiting++;
            continue;
        }
        if (op == RAISE || op == LOWER) {
            int64_t bit = INT64_C(1) << target;
            h->flags = op == RAISE ? h->flags | bit : h->flags & ~bit;
            touch_flag(h, target);
            continue;
        }
        Variable *x = &h->variables[target];
        double before = read(h, target, t), after = before;
        /* What is looked up has a table in the place of a first coefficient. */
        double first = op == LOOK_UP ? 0.0 : coef[effects->first[k]];
        switch (op) {
        case LOOK_UP:
            after = look_up(h, effects->first[k], read(h, effects->second[k], t));
            break;
        case ADD:
            after += first;
            break;
        case ADD_BY:
            after += first * read(h, effects->second[k], t);
            break;
        case ADD_MARK:
            after += first * (double)mark;
            break;
        case MOVE:
            after += first * (coef[effects->second[k]] - after);
            break;
        default: /* REBASE: the baseline moves and the value begins to follow */
            x->base = clamp(x->base + first, x->low, x->high);
        }
        write(h, target, t, after);
        touch_variable(h, target, op == REBASE ? first : x->value - before);
    }
}

/* ---- Marks and outcomes ------------------------------------------------------------------------- */

/* Zero-inflated negative binomial by inverse CDF. */
static int64_t killed(const History *h, int64_t e, double u) {
    const Happenings *x = &h->p->happenings;
    double none = h->coef[x->none[e]];
    if (u <= none) return 0;
    u = (u - none) / (1.0 - none);
    double mean = h->coef[x->mean[e]], r = h->coef[x->dispersion[e]];
    double share = mean / (r + mean);
    double mass = exp(r * log1p(-share)), below = mass;
    int64_t n = 0;
    while (u > below && n < MAX_KILLED) {
        mass *= share * (r + (double)n) / ((double)n + 1.0);
        below += mass;
        n++;
    }
    return n;
}

/* Which lists have left the assembly, as bits: its coalitions and seats depend on it. */
static inline int64_t phase_of(const History *h) {
    const Assembly *a = &h->p->assembly;
    int64_t phase = 0;
    for (int64_t r = 0; r < h->p->resigned_count; r++)
        phase |= ((h->flags >> a->resigned[r]) & 1) << r;
    return phase;
}

/* Draws a coalition of the present phase by the softmax of its utility: its row, or −1. */
static int64_t propose(History *h, int64_t first_feature, double t, double u) {
    const Assembly *a = &h->p->assembly;
    const Features *f = &h->p->features;
    const double *coef = h->coef;
    double *utility = h->utility;
    int64_t phase = phase_of(h), lo = a->pointer[phase], count = a->pointer[phase + 1] - lo;
    if (count == 0) return -1;
    for (int64_t m = 0; m < count; m++) utility[m] = 0.0;
    for (int64_t k = 0; k < h->p->feature_count; k++) {
        double beta = coef[f->coef[first_feature + k]];
        for (int64_t j = f->slope_lo[first_feature + k]; j < f->slope_lo[first_feature + k + 1]; j++)
            beta += coef[f->slope_coef[j]] * read(h, f->slope_var[j], t);
        if (beta == 0.0) continue;
        const double *row = a->features + k * h->p->coalition_count + lo;
        for (int64_t m = 0; m < count; m++) utility[m] += beta * row[m];
    }
    double best = utility[0], total = 0.0;
    for (int64_t m = 1; m < count; m++) best = utility[m] > best ? utility[m] : best;
    for (int64_t m = 0; m < count; m++) { /* from here on, the running total */
        total += exp(utility[m] - best);
        utility[m] = total;
    }
    double aim = u * total;
    int64_t low = 0, high = count - 1;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (utility[middle] < aim)
            low = middle + 1;
        else
            high = middle;
    }
    return lo + low;
}

/* Whether a vote passes: n holds the quorum; for votes in favour the least, and a share of those
 * present as numerator, denominator and whether it must be passed; the same for votes against
 * (denominator 0: they do not count); and whether those in favour must outnumber those against. */
static bool is_passed(const int64_t *n, int64_t favour, int64_t against, int64_t present) {
    if (present < n[0] || favour < n[1] || favour * n[3] < n[2] * present + n[4]) return false;
    if (n[7] > 0 && against >= n[5] && against * n[7] >= n[6] * present + n[8]) return false;
    return !n[9] || favour > against;
}

/* Counts seats for the standing proposal: 0 passed, 1 failed. */
static int64_t vote(const History *h, int64_t g, int64_t turn) {
    const Assembly *a = &h->p->assembly;
    const Groups *groups = &h->p->groups;
    const int64_t *chances = groups->coef + 4 * g, *needs = groups->seats + 10 * g;
    int64_t row = h->proposal;
    if (row < 0 || (groups->member[g] && !(a->masks[row] & groups->member[g]))) return 1;
    uint64_t asked = (uint64_t)h->proposals | UINT64_C(1) << 62;
    uint64_t key1 = groups->key[g];
    const int64_t *seats = a->seats + phase_of(h) * h->p->list_count;
    int64_t favour = 0, against = 0, present = 0;
    for (int64_t i = 0; i < h->p->list_count; i++) {
        if ((a->masks[row] >> i) & 1) {
            favour += seats[i];
            present += seats[i];
        } else if (a->unbound[i]) {
            double attend = h->coef[chances[2]], swayed = h->coef[chances[3]];
            for (int64_t member = 0; member < seats[i]; member++) {
                Words w = threefry(h->key0, key1, (uint64_t)turn,
                                   ((uint64_t)(i + 1) << 32) | (uint64_t)(member + 1));
                if (unit(w.a) < attend) {
                    present++;
                    if (unit(w.b) < swayed) favour++;
                    else against++;
                }
            }
        } else {
            /* Lists of one camp decide together: they share the camp's number. */
            int64_t opposed = (a->opposed[row] >> i) & 1;
            double chance = h->coef[chances[opposed ? 0 : 1]];
            Words w = threefry(h->key0, key1, asked, (uint64_t)a->camps[i] << 32);
            if (unit(w.a) < chance) {
                present += seats[i];
                against += opposed * seats[i];
            }
        }
    }
    return is_passed(needs, favour, against, present) ? 0 : 1;
}

static inline double weight_of(History *h, int64_t b, double t) {
    const Branches *x = &h->p->branches;
    double weight = h->coef[x->weight[b]];
    for (int64_t k = x->slope_lo[b]; k < x->slope_lo[b + 1]; k++)
        weight += h->coef[x->slope_coef[k]] * read(h, x->slope_var[k], t);
    return weight;
}

/* A branch by inverse CDF of the softmax of its weight. */
static int64_t choose(History *h, int64_t g, double t, double u) {
    int64_t lo = h->p->groups.branch_lo[g], hi = h->p->groups.branch_lo[g + 1];
    if (hi - lo == 1) return 0;
    double best = -INFINITY, total = 0.0, below = 0.0;
    for (int64_t b = lo; b < hi; b++) {
        double weight = weight_of(h, b, t);
        best = weight > best ? weight : best;
    }
    for (int64_t b = lo; b < hi; b++) total += exp(weight_of(h, b, t) - best);
    double aim = u * total;
    for (int64_t b = lo; b < hi; b++) {
        below += exp(weight_of(h, b, t) - best);
        if (aim <= below) return b - lo;
    }
    return hi - lo - 1;
}

static int64_t draw_outcome(History *h, int64_t g, int64_t turn, double t) {
    const Groups *groups = &h->p->groups;
    const Assembly *a = &h->p->assembly;
    int64_t row = h->proposal;
    switch (groups->kind[g]) {
    case CHOICE:
        return choose(h, g, t, unit(threefry(h->key0, groups->key[g], (uint64_t)turn, 0).a));
    case PROPOSAL:
        h->proposal = propose(h, groups->coef[4 * g], t,
                              unit(threefry(h->key0, groups->key[g], (uint64_t)turn, 0).a));
        h->proposals++;
        return 0;
    case VOTE:
        return vote(h, g, turn);
    case MEMBERSHIP:
        return row >= 0 && (a->masks[row] >> groups->member[g]) & 1 ? 0 : 1;
    default: /* KIND: the last branch is 'other' */
        if (row >= 0 && a->kinds[row] >= 0) return a->kinds[row];
        return groups->branch_lo[g + 1] - groups->branch_lo[g] - 1;
    }
}

/* ---- Histories ------------------------------------------------------------------------------------ */

static inline bool record(History *h, double t, int64_t label, int64_t mark) {
    Log *log = h->log;
    int64_t at = h->logged;
    if (at >= log->rows) return false;
    log->draw[at] = h->draw;
    log->day[at] = t;
    log->label[at] = (int16_t)label;
    log->mark[at] = mark;
    h->logged = at + 1;
    return true;
}

/* Lets an event happen, and what it fires at once. False if the log is full. */
static int64_t occur(History *h, int64_t first, double t) {
    const Happenings *x = &h->p->happenings;
    const Branches *branches = &h->p->branches;
    int64_t phase = phase_of(h);
    h->dirty_count = 0;
    h->queue[0] = first;
    h->waiting = 1;
    for (int64_t at = 0; at < h->waiting && at < QUEUE; at++) {
        int64_t e = h->queue[at];
        if (!is_open(h, e)) continue;
        int64_t turn = h->counts[e]++;
        int64_t lo = x->group_lo[e], hi = x->group_lo[e + 1], mark = 0;
        if (x->mark[e] == KILLED)
            mark = killed(h, e, unit(threefry(h->key0, x->mark_key[e], (uint64_t)turn, 0).a));
        else if (x->mark[e] == COALITION && h->proposal >= 0)
            mark = h->p->assembly.masks[h->proposal];
        /* All outcomes are decided with the state before the event, then all effects follow. */
        for (int64_t g = lo; g < hi; g++) h->chosen[g - lo] = draw_outcome(h, g, turn, t);
        if (!record(h, t, e, mark)) return LOG_FULL;
        apply(h, x->effect_lo[e], x->effect_hi[e], t, mark);
        for (int64_t g = lo; g < hi; g++) {
            int64_t b = h->p->groups.branch_lo[g] + h->chosen[g - lo];
            if (branches->label[b] >= 0 && !record(h, t, branches->label[b], mark)) return LOG_FULL;
            apply(h, branches->effect_lo[b], branches->effect_hi[b], t, mark);
        }
    }
    if (phase_of(h) != phase) h->proposal = -1; /* its row belongs to the assembly as it was */
    return h->waiting > QUEUE ? TOO_MANY : FINISHED;
}

/* Replays the past: known events with known outcomes. They fire nothing, for what they fired is
 * itself in the past; a full queue sees to that. */
static void remember(History *h) {
    const Times *x = &h->p->times;
    for (int64_t p = 0; p < h->p->past_count; p++) {
        int64_t e = x->past_event[p], group = h->p->happenings.group_lo[e];
        h->dirty_count = 0;
        h->waiting = QUEUE;
        apply(h, h->p->happenings.effect_lo[e], h->p->happenings.effect_hi[e], x->past_day[p],
              x->past_mark[p]);
        for (int64_t k = x->past_lo[p]; k < x->past_lo[p + 1]; k++, group++) {
            if (x->past_branch[k] < 0) continue;
            int64_t b = h->p->groups.branch_lo[group] + x->past_branch[k];
            apply(h, h->p->branches.effect_lo[b], h->p->branches.effect_hi[b], x->past_day[p],
                  x->past_mark[p]);
        }
        for (int64_t d = 0; d < h->p->event_count; d++) h->is_dirty[d] = false;
    }
}

/* The state at day 0, and the agenda in order of time. Returns the agenda's length. */
static int64_t begin(History *h) {
    const Program *p = h->p;
    const double *coef = h->coef;
    double start = 0.0;
    if (p->past_count > 0 && p->times.past_day[0] < 0.0) start = p->times.past_day[0];
    for (int64_t v = 0; v < p->variable_count; v++) {
        Variable *x = &h->variables[v];
        x->low = p->variables.low[v];
        x->high = p->variables.high[v];
        x->base = clamp(coef[p->variables.baseline[v]], x->low, x->high);
        x->decay = coef[p->variables.decay[v]];
        write(h, v, start, x->base);
    }
    for (int64_t e = 0; e < p->event_count; e++) {
        for (int64_t s = 0; s < STRIPS; s++) h->strips[e * STRIPS + s].time = -1.0;
        h->next[e] = (Next){INFINITY, -1, 0};
        h->counts[e] = 0;
        h->is_dirty[e] = false;
    }
    h->flags = p->flags;
    h->proposal = -1;
    h->proposals = 0;
    remember(h);
    for (int64_t k = 0; k < p->timer_count; k++) h->timer[k] = INFINITY;
    for (int64_t v = 0; v < p->variable_count; v++) {
        /* What a variable starts at, if it had been left alone; the past adds to that. */
        double apart = coef[p->variables.start[v]] - coef[p->variables.baseline[v]];
        write(h, v, 0.0, read(h, v, 0.0) + apart);
    }
    int64_t count = 0;
    for (int64_t k = 0; k < p->schedule_count; k++) {
        double day = coef[p->times.schedule_at[k]];
        if (!(day >= 0.0)) continue;
        int64_t place = count++;
        for (; place > 0 && h->agenda_day[place - 1] > day; place--) {
            h->agenda_day[place] = h->agenda_day[place - 1];
            h->agenda_event[place] = h->agenda_event[place - 1];
        }
        h->agenda_day[place] = day;
        h->agenda_event[place] = p->times.schedule_event[k];
    }
    return count;
}

/* One history, appended to the log. Returns how it ended. */
static int64_t path(History *h, int64_t most) {
    int64_t events = h->p->event_count;
    double horizon = h->p->horizon;
    int64_t scheduled = begin(h), agenda = 0, happened = 0;
    for (int64_t e = 0; e < events; e++)
        if (!rebound(h, e, 0.0)) return NOT_FINITE;
    for (;;) {
        double t = INFINITY;
        int64_t e = -1;
        for (int64_t k = 0; k < events; k++)
            if (h->next[k].time < t) {
                t = h->next[k].time;
                e = k;
            }
        int64_t first = 0;
        for (int64_t k = 1; k < h->p->timer_count; k++)
            if (h->timer[k] < h->timer[first]) first = k;
        double rings = h->p->timer_count > 0 ? h->timer[first] : INFINITY;
        if (agenda < scheduled && h->agenda_day[agenda] <= fmin(t, rings)) {
            t = h->agenda_day[agenda];
            if (t > horizon) return FINISHED;
            e = h->agenda_event[agenda++];
        } else if (rings <= t && rings < INFINITY) {
            t = rings;
            if (t > horizon) return FINISHED;
            e = h->p->times.timer_event[first];
            h->timer[first] = INFINITY;
        } else {
            if (t > horizon) return FINISHED;
            int64_t s = h->next[e].strip;
            double height = h->strips[e * STRIPS + s].height;
            advance(h, e, s, t);
            double level = intensity(h, e, t);
            if (!(height < level)) { /* the point lies above the intensity: no event */
                if (!(level >= 0.0)) return NOT_FINITE;
                if (!rebound(h, e, t)) return NOT_FINITE;
                continue;
            }
            if (level > TOP[h->next[e].open - 1]) return BOUND_BROKEN;
            find_next(h, e);
        }
        int64_t ending = occur(h, e, t);
        if (ending != FINISHED) return ending;
        if (++happened > most) return TOO_MANY;
        for (int64_t k = 0; k < h->dirty_count; k++) {
            h->is_dirty[h->dirty[k]] = false;
            if (!rebound(h, h->dirty[k], t)) return NOT_FINITE;
        }
    }
}

/* Histories first + start, … of a block, until it is done or the log is full: what
 * `draw_histories` of the engine does. `filled` is (count, position_count). Returns the
 * histories done, or −1 without memory; `rows` becomes the rows of the log used. */
int64_t draw_histories(const Program *p, const double *filled, int64_t count, uint64_t seed,
                       int64_t first, int64_t start, int64_t most, Log *log, int64_t *rows,
                       int64_t *ended) {
    int64_t events = p->event_count, groups = 1, coalitions = 1, done = count;
    for (int64_t e = 0; e < events; e++) {
        int64_t own = p->happenings.group_lo[e + 1] - p->happenings.group_lo[e];
        groups = own > groups ? own : groups;
    }
    for (int64_t k = 0; k < p->phase_count; k++) {
        int64_t own = p->assembly.pointer[k + 1] - p->assembly.pointer[k];
        coalitions = own > coalitions ? own : coalitions;
    }
    History h = {
        .p = p,
        .log = log,
        .coef = calloc((size_t)p->coefficient_count + 1, sizeof(double)),
        .variables = calloc((size_t)p->variable_count + 1, sizeof(Variable)),
        .strips = calloc((size_t)events * STRIPS, sizeof(Strip)),
        .next = calloc((size_t)events, sizeof(Next)),
        .bounds = calloc((size_t)events, sizeof(Bound)),
        .counts = calloc((size_t)events, sizeof(int64_t)),
        .chosen = calloc((size_t)groups, sizeof(int64_t)),
        .dirty = calloc((size_t)events, sizeof(int64_t)),
        .is_dirty = calloc((size_t)events, sizeof(bool)),
        .utility = calloc((size_t)coalitions, sizeof(double)),
        .agenda_day = calloc((size_t)p->schedule_count + 1, sizeof(double)),
        .agenda_event = calloc((size_t)p->schedule_count + 1, sizeof(int64_t)),
        .timer = calloc((size_t)p->timer_count + 1, sizeof(double)),
    };
    *rows = 0;
    if (!h.coef || !h.variables || !h.strips || !h.next || !h.bounds || !h.counts || !h.chosen || !h.dirty ||
        !h.is_dirty || !h.utility || !h.agenda_day || !h.agenda_event || !h.timer) {
        done = -1;
        goto free;
    }
    for (int64_t k = 0; k < p->coefficient_count; k++) h.coef[k] = p->base[k];
    for (int64_t i = start; i < count; i++) {
        for (int64_t k = 0; k < p->position_count; k++)
            h.coef[p->positions[k]] = filled[i * p->position_count + k];
        h.draw = (int32_t)(first + i);
        h.key0 = threefry(seed, PATHS, (uint64_t)(first + i), 0).a;
        int64_t before = h.logged, ending = path(&h, most);
        if (ending == LOG_FULL && before > 0) { /* again, with an empty log */
            h.logged = before;
            done = i;
            break;
        }
        ended[i] = ending;
        if (ending != FINISHED) h.logged = before; /* a failed history leaves no rows */
        if (ending == LOG_FULL) {
            done = i;
            break;
        }
    }
    *rows = h.logged;
free:
    free(h.coef);
    free(h.variables);
    free(h.strips);
    free(h.next);
    free(h.bounds);
    free(h.counts);
    free(h.chosen);
    free(h.dirty);
    free(h.is_dirty);
    free(h.utility);
    free(h.agenda_day);
    free(h.agenda_event);
    free(h.timer);
    return done;
}
