// Runs the Homeward agent as a Windows service. install.ps1 compiles it, with the compiler that every Windows Server has:
// C# 5. It starts one program, keeps what that prints, ends it by closing its standard input, and ends as failed when
// the program ends by itself, so that the service manager starts both anew. It knows nothing of what the program does.
//
//   homeward-service.exe LOG PROGRAM ARGUMENT...
using System;
using System.Diagnostics;
using System.IO;
using System.ServiceProcess;
using System.Text;

public sealed class HomewardService : ServiceBase
{
    // The agent takes no more than half of it, unless a change of the host hangs.
    const int StopMilliseconds = 20000;
    // Of the log, and of the one before it.
    const long MostLogBytes = 5000000;

    readonly object turn = new object();
    readonly string logPath;
    readonly Process program = new Process();
    StreamWriter log;
    volatile bool stopping;

    public static int Main(string[] words)
    {
        if (words.Length < 2) return 2;
        ServiceBase.Run(new HomewardService(words));
        return 0;
    }

    HomewardService(string[] words)
    {
        ServiceName = "HomewardAgent";
        CanShutdown = true;
        // It would leave a source of events behind.
        AutoLog = false;
        logPath = words[0];
        ProcessStartInfo start = program.StartInfo;
        start.FileName = words[1];
        start.Arguments = Quoted(words, 2);
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        program.EnableRaisingEvents = true;
        program.OutputDataReceived += delegate(object sender, DataReceivedEventArgs line) { Keep(line.Data); };
        program.ErrorDataReceived += delegate(object sender, DataReceivedEventArgs line) { Keep(line.Data); };
        program.Exited += delegate { Ended(); };
    }

    // Words of a start are somebody's who starts it by hand: they are not for the program.
    protected override void OnStart(string[] words)
    {
        OpenLog();
        program.Start();
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
    }

    protected override void OnStop()
    {
        stopping = true;
        try { program.StandardInput.Close(); }
        catch (IOException) { }
        if (program.WaitForExit(StopMilliseconds)) return;
        Keep("It does not end within " + StopMilliseconds + " ms, and is ended.");
        program.Kill();
        program.WaitForExit();
    }

    protected override void OnShutdown()
    {
        OnStop();
    }

    // To the service manager, a process that is gone without having stopped has failed.
    void Ended()
    {
        if (stopping) return;
        Keep("It ended by itself, with " + program.ExitCode + ".");
        Environment.Exit(1);
    }

    // No word has a quote in it, and none ends in a backslash: they are paths and options of the installer.
    static string Quoted(string[] words, int first)
    {
        StringBuilder text = new StringBuilder();
        for (int each = first; each < words.Length; each++)
        {
            if (words[each].IndexOf('"') >= 0) throw new ArgumentException("A quote has no place here.");
            text.Append(each > first ? " \"" : "\"").Append(words[each]).Append('"');
        }
        return text.ToString();
    }

    // Null is the end of what is printed.
    void Keep(string line)
    {
        if (line == null) return;
        lock (turn)
        {
            // A full disk stops no agent.
            try
            {
                log.WriteLine(line);
                if (log.BaseStream.Position < MostLogBytes) return;
                log.Close();
                OpenLog();
            }
            catch (IOException) { }
            catch (ObjectDisposedException) { }
        }
    }

    void OpenLog()
    {
        FileInfo file = new FileInfo(logPath);
        if (file.Exists && file.Length >= MostLogBytes)
        {
            File.Delete(logPath + ".1");
            file.MoveTo(logPath + ".1");
        }
        log = new StreamWriter(new FileStream(logPath, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete));
        log.AutoFlush = true;
    }
}
