/**
 * What runs in the sandbox before, around and after a program. It repeats how human-eval and OpenCompass run one: in
 * fresh globals, with a timer whose exception the program may catch, and with standard streams that swallow all that is
 * written and fail when they are read.
 *
 * Whether the program passed is said on a channel of its own, together with a secret that came with the program: an exit
 * status says nothing, and neither does a text that a program prints. The secret is kept where a program does not come
 * across it, in a closure. A program that goes and looks for it can find it, as it shares the process, just as it can
 * replace the test's `check` or trace it: that cheats a score but harms nothing, and the originals have it too.
 *
 * @see human-eval human_eval/execution.py at 6d43fb9
 * @see opencompass opencompass/datasets/mbpp.py at b885ec84
 */

/** File descriptor that the request is read from: {@link PythonRequest} as JSON. */
export const REQUEST_FD = 3;

/** File descriptor that answers are written to: {@link STARTED}, then {@link PythonReport} as JSON, a line each. */
export const REPORT_FD = 4;

/** Written before the program starts. */
export const STARTED = "started";

/** What is to be run. */
export interface PythonRequest {
  readonly source: string;
  readonly seconds: number;
  readonly isGuarded: boolean;
  readonly secret: string;
}

/** Longest message that is told. */
const MAX_MESSAGE = 1000;

/** Source of the driver; for Python 3.8 and later. */
export const PYTHON_DRIVER = String.raw`
import io, json, os, signal, sys

class TimedOut(Exception):
    pass

class Swallow(io.StringIO):
    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("string argument expected")
        return len(text)

    def read(self, *args):
        raise OSError

    readline = readlines = read

    def readable(self):
        return False

def guard():
    import builtins, shutil, subprocess
    for name in ["exit", "quit", "help"]:
        setattr(builtins, name, None)
    for name in """kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename renames truncate
            replace unlink fchmod fchown chmod chown chroot lchflags lchmod lchown getcwd chdir""".split():
        setattr(os, name, None)
    for name in ["rmtree", "move", "chown"]:
        setattr(shutil, name, None)
    subprocess.Popen = None
    for name in ["ipdb", "joblib", "resource", "psutil", "tkinter"]:
        sys.modules[name] = None

def reporter(secret):
    write, leave, dumps = os.write, os._exit, json.dumps
    def report(status, error=None):
        message, bases = "", []
        if error is not None:
            bases = [base.__name__ for base in type(error).__mro__]
            message = str(error)[:${MAX_MESSAGE}]
        told = {"secret": secret, "status": status, "message": message, "exception": bases}
        write(${REPORT_FD}, ("\n" + dumps(told) + "\n").encode())
        leave(0)
    return report

def late(number, frame):
    raise TimedOut("Timed out!")

def run(source, seconds):
    signal.signal(signal.SIGALRM, late)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            exec(source, {})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except TimedOut:
        return ("timed out",)
    except BaseException as error:
        return ("failed", error)
    return ("passed",)

def main():
    with open(${REQUEST_FD}, "rb") as channel:
        request = json.loads(channel.read())
    report = reporter(request.pop("secret"))
    os.set_inheritable(${REPORT_FD}, False)
    os.dup2(1, 2)
    sys.stdin = sys.stdout = sys.stderr = Swallow()
    if request["isGuarded"]:
        guard()
    os.write(${REPORT_FD}, b"${STARTED}\n")
    report(*run(request["source"], request["seconds"]))

main()
`;
