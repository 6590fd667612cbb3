/*
 * A PKCS#11 module that misbehaves on demand: SoftHSM underneath, faults on top. The file named by FAKE_PKCS11_CONTROL is
 * read at every call, so that a test can change the token's mind while a program uses it. Words in it:
 *   hang-sign hang-slots hang-info hang-login hang-initialise    never return
 *   slow-sign=MS            C_Sign takes that long
 *   wrong-signature         one bit of the signature flipped
 *   removed                 no slot has a token; C_Sign says CKR_DEVICE_REMOVED
 *   sessions-ended          sessions opened until now are invalid (a short removal nobody saw); those opened later are not
 *   removed-at-sign         only C_Sign says CKR_DEVICE_REMOVED
 *   function-failed         C_Login says CKR_FUNCTION_FAILED
 *   device-error            C_Login and C_Sign say CKR_DEVICE_ERROR
 *   size-zero size-minus-one  the question for an attribute's size is answered with 0, or with CK_UNAVAILABLE_INFORMATION
 *   empty-id                no object has a CKA_ID
 *   refuse-find-by-value    objects cannot be looked for by CKA_VALUE
 *   changed-certificate     CKA_VALUE differs in its last byte
 *   only-hashing            CKM_SHA256_RSA_PKCS is offered, CKM_RSA_PKCS is not
 *   already-initialised     C_Initialize says CKR_CRYPTOKI_ALREADY_INITIALIZED
 *   logout-noise            C_Logout says CKR_USER_NOT_LOGGED_IN
 *   must-change pin-expired the PIN is still the maker's; C_Login refuses it for that
 *   silent-tries            no flag ever tells of tries
 *   other-serial            the tokens have another serial number than those underneath
 *   refuse-rw               read-write sessions are refused
 *   always-authenticate     every signature needs C_SignInit, C_Login(CONTEXT_SPECIFIC), C_Sign and nothing in between
 *   protected-path          the PIN is typed on the token: C_Login with a PIN is CKR_ARGUMENTS_BAD
 *   count-tries             three wrong PINs: COUNT_LOW, FINAL_TRY, LOCKED
 *   pin-length-unknown      the limits of the PIN are CK_UNAVAILABLE_INFORMATION
 *   pin-length-zero         the limits of the PIN are 0, CK_EFFECTIVELY_INFINITE
 * With FAKE_PKCS11_LOG every call is written there as it begins (`> C_Sign`) and ends (`< C_Sign`), and for C_Sign how many
 * microseconds it took (`= C_Sign`).
 * Structures are written out by hand: the test needs gcc, not the headers of another package. Linux only.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <time.h>

typedef unsigned long ulong_t;
typedef struct { unsigned char major, minor; void *functions[68]; } function_list;
typedef struct { ulong_t type; void *value; ulong_t length; } attribute;

enum {
    INITIALIZE = 0, FINALIZE = 1, GET_FUNCTION_LIST = 3, GET_SLOT_LIST = 4, GET_TOKEN_INFO = 6, GET_MECHANISM_LIST = 7,
    OPEN_SESSION = 12, LOGIN = 18, LOGOUT = 19, GET_ATTRIBUTE = 24, FIND_INIT = 26, SIGN_INIT = 42, SIGN = 43,
    WAIT_FOR_SLOT_EVENT = 67
};

static function_list real, fake;
static ulong_t ended_until, newest_session;
static int wrong_tries, context_state; /* 0 none, 1 C_SignInit done, 2 authenticated, 3 disturbed */

static int fault(const char *word)
{
    char text[512] = " ", wanted[64];
    const char *path = getenv("FAKE_PKCS11_CONTROL");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file) return 0;
    size_t length = fread(text + 1, 1, sizeof text - 3, file);
    fclose(file);
    text[length + 1] = ' ';
    text[length + 2] = 0;
    snprintf(wanted, sizeof wanted, " %s ", word);
    return strstr(text, wanted) != NULL;
}

/* The number behind `word=`; 0 without it. */
static unsigned long number_of(const char *word)
{
    char text[512] = " ", wanted[64];
    const char *path = getenv("FAKE_PKCS11_CONTROL");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file) return 0;
    size_t length = fread(text + 1, 1, sizeof text - 2, file);
    fclose(file);
    text[length + 1] = 0;
    snprintf(wanted, sizeof wanted, " %s=", word);
    char *found = strstr(text, wanted);
    return found ? strtoul(found + strlen(wanted), NULL, 10) : 0;
}

static void note(const char *sign, const char *call, unsigned long detail)
{
    const char *path = getenv("FAKE_PKCS11_LOG");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    char line[96];
    if (file < 0) return;
    int length = snprintf(line, sizeof line, "%s %s %lu\n", sign, call, detail);
    if (write(file, line, (size_t)length) != length) abort();
    close(file);
}

static void hang(void) { for (;;) pause(); }

static ulong_t initialise(unsigned char *arguments)
{
    ulong_t flags = 0, code;
    if (arguments) memcpy(&flags, arguments + 4 * sizeof(void *), sizeof flags);
    note(">", "C_Initialize", flags);
    if (fault("hang-initialise")) hang();
    code = ((ulong_t (*)(void *))real.functions[INITIALIZE])(arguments);
    note("<", "C_Initialize", code);
    return fault("already-initialised") ? 0x191 : code;
}

static ulong_t finalise(void *reserved)
{
    (void)reserved;
    note(">", "C_Finalize", 0);
    hang();
    return 0;
}

static ulong_t wait_for_slot_event(ulong_t flags, ulong_t *slot, void *reserved)
{
    (void)slot; (void)reserved;
    note(">", "C_WaitForSlotEvent", flags);
    return 0x54;
}

static ulong_t get_slot_list(unsigned char present, ulong_t *slots, ulong_t *count)
{
    ulong_t code = 0;
    note(">", "C_GetSlotList", present);
    if (fault("hang-slots")) hang();
    if (fault("removed")) *count = 0;
    else code = ((ulong_t (*)(unsigned char, ulong_t *, ulong_t *))real.functions[GET_SLOT_LIST])(present, slots, count);
    note("<", "C_GetSlotList", code);
    return code;
}

static ulong_t get_token_info(ulong_t slot, unsigned char *info)
{
    ulong_t code, flags;
    note(">", "C_GetTokenInfo", slot);
    if (fault("hang-info")) hang();
    code = ((ulong_t (*)(ulong_t, void *))real.functions[GET_TOKEN_INFO])(slot, info);
    memcpy(&flags, info + 96, sizeof flags);
    if (fault("count-tries")) {
        flags &= ~0x70000UL;
        if (wrong_tries == 1) flags |= 0x10000;
        if (wrong_tries == 2) flags |= 0x20000;
        if (wrong_tries >= 3) flags |= 0x40000;
    }
    if (fault("silent-tries")) flags &= ~0x70000UL;
    if (fault("must-change")) flags |= 0x80000;
    if (fault("protected-path")) flags |= 0x100;
    memcpy(info + 96, &flags, sizeof flags);
    if (fault("other-serial")) info[80] = 'Z';
    /* The longest PIN is the sixth number, the shortest the seventh. */
    if (fault("pin-length-unknown")) memset(info + 96 + 5 * sizeof flags, 0xFF, 2 * sizeof flags);
    if (fault("pin-length-zero")) memset(info + 96 + 5 * sizeof flags, 0, 2 * sizeof flags);
    note("<", "C_GetTokenInfo", code);
    return fault("removed") ? 0xE0 : code;
}

static ulong_t get_mechanism_list(ulong_t slot, ulong_t *list, ulong_t *count)
{
    if (!fault("only-hashing"))
        return ((ulong_t (*)(ulong_t, ulong_t *, ulong_t *))real.functions[GET_MECHANISM_LIST])(slot, list, count);
    if (list) list[0] = 0x40;
    *count = 1;
    return 0;
}

static ulong_t open_session(ulong_t slot, ulong_t flags, void *application, void *notify, ulong_t *session)
{
    ulong_t code;
    note(">", "C_OpenSession", flags);
    if (fault("refuse-rw") && (flags & 2)) return 0x57;
    code = ((ulong_t (*)(ulong_t, ulong_t, void *, void *, ulong_t *))real.functions[OPEN_SESSION])(slot, flags, application, notify, session);
    if (code == 0 && *session > newest_session) newest_session = *session;
    return code;
}

static ulong_t login_unnoted(ulong_t session, ulong_t user, unsigned char *pin, ulong_t length)
{
    ulong_t code;
    if (fault("hang-login")) hang();
    if (fault("function-failed")) return 0x06;
    if (fault("device-error")) return 0x30;
    if (fault("pin-expired")) return 0xA3;
    if (fault("protected-path")) {
        if (pin || length) return 0x07;
        pin = (unsigned char *)"123456";
        length = 6;
    }
    if (user == 2) {
        if (context_state != 1) return 0x102;
        if (length != 6 || memcmp(pin, "123456", 6) != 0) return 0xA0;
        context_state = 2;
        return 0;
    }
    if (fault("count-tries") && wrong_tries >= 3) return 0xA4;
    code = ((ulong_t (*)(ulong_t, ulong_t, void *, ulong_t))real.functions[LOGIN])(session, user, pin, length);
    if (code == 0xA0) wrong_tries++;
    if (code == 0) wrong_tries = 0;
    return code;
}

static ulong_t login(ulong_t session, ulong_t user, unsigned char *pin, ulong_t length)
{
    ulong_t code;
    note(">", "C_Login", user);
    code = login_unnoted(session, user, pin, length);
    note("<", "C_Login", code);
    return code;
}

static ulong_t logout(ulong_t session)
{
    ulong_t code;
    note(">", "C_Logout", 0);
    code = ((ulong_t (*)(ulong_t))real.functions[LOGOUT])(session);
    note("<", "C_Logout", code);
    return fault("logout-noise") ? 0x101 : code;
}

static ulong_t get_attribute(ulong_t session, ulong_t object, attribute *template, ulong_t count)
{
    ulong_t code;
    note(">", "C_GetAttributeValue", template[0].type);
    if (context_state == 1) context_state = 3;
    if (count == 1 && template[0].type == 0x202 && fault("always-authenticate")) {
        if (template[0].value) *(unsigned char *)template[0].value = 1;
        template[0].length = 1;
        return 0;
    }
    if (count == 1 && template[0].type == 0x102 && fault("empty-id")) { template[0].length = 0; return 0; }
    if (count == 1 && !template[0].value && fault("size-zero")) { template[0].length = 0; return 0; }
    if (count == 1 && !template[0].value && fault("size-minus-one")) { template[0].length = (ulong_t)-1; return 0; }
    code = ((ulong_t (*)(ulong_t, ulong_t, attribute *, ulong_t))real.functions[GET_ATTRIBUTE])(session, object, template, count);
    if (code == 0 && count == 1 && template[0].type == 0x11 && template[0].value && fault("changed-certificate"))
        ((unsigned char *)template[0].value)[template[0].length - 1] ^= 1;
    note("<", "C_GetAttributeValue", code);
    return code;
}

static ulong_t find_init(ulong_t session, attribute *template, ulong_t count)
{
    ulong_t index;
    note(">", "C_FindObjectsInit", count);
    if (fault("sessions-ended")) {
        if (!ended_until) ended_until = newest_session;
        if (session <= ended_until) return 0xB3;
    }
    if (context_state == 1) context_state = 3;
    for (index = 0; index < count; index++)
        if (template[index].type == 0x11 && fault("refuse-find-by-value")) return 0x12;
    return ((ulong_t (*)(ulong_t, attribute *, ulong_t))real.functions[FIND_INIT])(session, template, count);
}

static ulong_t sign_init(ulong_t session, void *mechanism, ulong_t key)
{
    ulong_t type;
    memcpy(&type, mechanism, sizeof type);
    note(">", "C_SignInit", type);
    if (fault("only-hashing") && type != 0x40) return 0x70;
    context_state = 1;
    return ((ulong_t (*)(ulong_t, void *, ulong_t))real.functions[SIGN_INIT])(session, mechanism, key);
}

static ulong_t sign_unnoted(ulong_t session, unsigned char *data, ulong_t length, unsigned char *signature, ulong_t *written)
{
    ulong_t code;
    if (fault("hang-sign")) hang();
    if (fault("device-error")) return 0x30;
    if (fault("removed") || fault("removed-at-sign")) return 0x32;
    if (fault("always-authenticate") && context_state != 2) return 0x101;
    context_state = 0;
    usleep((useconds_t)(number_of("slow-sign") * 1000));
    code = ((ulong_t (*)(ulong_t, void *, ulong_t, void *, ulong_t *))real.functions[SIGN])(session, data, length, signature, written);
    if (code == 0 && fault("wrong-signature")) signature[10] ^= 1;
    return code;
}

static ulong_t sign(ulong_t session, unsigned char *data, ulong_t length, unsigned char *signature, ulong_t *written)
{
    struct timespec start, end;
    ulong_t code;
    note(">", "C_Sign", length);
    clock_gettime(CLOCK_MONOTONIC, &start);
    code = sign_unnoted(session, data, length, signature, written);
    clock_gettime(CLOCK_MONOTONIC, &end);
    note("<", "C_Sign", code);
    note("=", "C_Sign", (ulong_t)((end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000));
    return code;
}

ulong_t C_GetFunctionList(function_list **list)
{
    void *library = dlopen(getenv("FAKE_PKCS11_REAL"), RTLD_NOW | RTLD_LOCAL);
    ulong_t (*get)(function_list **) = library ? (ulong_t (*)(function_list **))dlsym(library, "C_GetFunctionList") : NULL;
    function_list *found;
    if (!get || get(&found) != 0) return 0x05;
    real = *found;
    fake = real;
    fake.functions[GET_FUNCTION_LIST] = (void *)C_GetFunctionList;
    fake.functions[INITIALIZE] = (void *)initialise;
    fake.functions[FINALIZE] = (void *)finalise;
    fake.functions[WAIT_FOR_SLOT_EVENT] = (void *)wait_for_slot_event;
    fake.functions[GET_MECHANISM_LIST] = (void *)get_mechanism_list;
    fake.functions[LOGOUT] = (void *)logout;
    fake.functions[GET_SLOT_LIST] = (void *)get_slot_list;
    fake.functions[GET_TOKEN_INFO] = (void *)get_token_info;
    fake.functions[OPEN_SESSION] = (void *)open_session;
    fake.functions[LOGIN] = (void *)login;
    fake.functions[GET_ATTRIBUTE] = (void *)get_attribute;
    fake.functions[FIND_INIT] = (void *)find_init;
    fake.functions[SIGN_INIT] = (void *)sign_init;
    fake.functions[SIGN] = (void *)sign;
    *list = &fake;
    return 0;
}
