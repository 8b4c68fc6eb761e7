/* The two starters of DigMed Desktop: one windowed, one for the console (CONSOLE defined).
 *
 * Each loads the Python that lies beside it and runs the program in this very process, so that rules which allow or
 * sign programs see one signed file, and no shell, script or second interpreter.
 */
#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

typedef int (*python_main)(int, wchar_t **);

static const wchar_t *const OWN_WORDS[] = {L"-I", L"-X", L"utf8", L"-m", L"digmed_desktop"};
enum { OWN_COUNT = sizeof OWN_WORDS / sizeof *OWN_WORDS };

/* Says why the program cannot start: nobody sees the console of a windowed program. Returns the exit status. */
static int cannot_start(const wchar_t *reason)
{
    wchar_t text[512];
    DWORD fault = GetLastError();
    _snwprintf(text, 511, L"DigMed Desktop cannot start: %ls (Windows error %lu).\n"
               L"Install it again; your records are not touched by that.", reason, fault);
    text[511] = 0;
#ifdef CONSOLE
    fwprintf(stderr, L"%ls\n", text);
#else
    MessageBoxW(NULL, text, L"DigMed Desktop", MB_OK | MB_ICONERROR);
#endif
    return 3;
}

/* Returns the folder of this program with a closing backslash, however long it is; NULL when there is no memory. */
static wchar_t *own_folder(void)
{
    DWORD room = 512, length;
    wchar_t *path = NULL;
    for (;;) {
        wchar_t *larger = realloc(path, room * sizeof *path);
        if (!larger) { free(path); return NULL; }
        path = larger;
        length = GetModuleFileNameW(NULL, path, room);
        if (length == 0) { free(path); return NULL; }
        if (length < room) break;
        room *= 2;
    }
    wchar_t *end = wcsrchr(path, L'\\');
    if (end) end[1] = 0;
    return path;
}

static int start(void)
{
    int given = 0, count = 0, i;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &given);
    wchar_t *folder = own_folder();
    if (!words || !folder) return cannot_start(L"there is too little memory");

    size_t room = wcslen(folder) + 64;
    wchar_t *library = calloc(room, sizeof *library);
    wchar_t **all = calloc((size_t)given + OWN_COUNT + 1, sizeof *all);
    if (!library || !all) return cannot_start(L"there is too little memory");
    _snwprintf(library, room - 1, L"%lspython\\%ls", folder, PYTHON_LIBRARY);

    HMODULE python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (!python) return cannot_start(L"its own Python is missing or damaged");
    python_main run = (python_main)(void *)GetProcAddress(python, "Py_Main");
    if (!run) return cannot_start(L"its own Python is damaged");

    all[count++] = words[0];
    for (i = 0; i < OWN_COUNT; i++) all[count++] = (wchar_t *)OWN_WORDS[i];
    for (i = 1; i < given; i++) all[count++] = words[i];
    return run(count, all);
}

#ifdef CONSOLE
int wmain(void) { return start(); }
#else
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE before, LPWSTR line, int show)
{
    (void)instance; (void)before; (void)line; (void)show;
    return start();
}
#endif
