"""Made sentences as customers write them, each with what it says: 1 good, -1 bad.

They were written before the word lists were looked at. The service words of
`ingestion.sentiment.languages` came after, so these sentences flatter; docs/sources.md says by how
much, and how public reviews fare.
"""

from __future__ import annotations

GERMAN = (
    (1, "Die Beratung war ausgezeichnet, vielen Dank."),
    (1, "Ich bin mit der Lieferung sehr zufrieden."),
    (1, "Tolle Qualität und ein fairer Preis."),
    (1, "Der Mitarbeiter war freundlich und hat mir schnell geholfen."),
    (1, "Alles bestens, gerne wieder!"),
    (1, "Die neue App gefällt mir richtig gut."),
    (1, "Super Service, ich empfehle Sie weiter."),
    (1, "Das Paket kam pünktlich und gut verpackt an."),
    (1, "Ich freue mich über die schnelle Lösung."),
    (1, "Keine Probleme, alles hat einwandfrei funktioniert."),
    (1, "Wunderschöne Verpackung, eine echte Freude."),
    (1, "Herzlichen Dank für die kompetente und geduldige Hilfe."),
    (1, "Ich bin begeistert von dem Kaffee."),
    (1, "Der Umtausch war unkompliziert und kulant."),
    (1, "Nicht schlecht, das hätte ich so nicht erwartet."),
    (-1, "Die Ware kam beschädigt an."),
    (-1, "Ich warte seit drei Wochen und bin sehr verärgert."),
    (-1, "Der Kundendienst war unfreundlich und inkompetent."),
    (-1, "Das ist eine Frechheit, ich kündige."),
    (-1, "Leider funktioniert das Gerät nicht."),
    (-1, "Ich bin enttäuscht von der schlechten Qualität."),
    (-1, "Nie wieder, das war eine Katastrophe."),
    (-1, "Der Artikel ist kaputt und niemand hilft mir."),
    (-1, "Die Rechnung ist falsch und ich werde ignoriert."),
    (-1, "Ich bin mit der Antwort nicht zufrieden."),
    (-1, "Schon wieder eine Verspätung, das nervt."),
    (-1, "Absolut mangelhaft, reine Geldverschwendung."),
    (-1, "Die Hotline ist eine Zumutung."),
    (-1, "Das Produkt ist unbrauchbar und viel zu teuer."),
    (-1, "Ich beschwere mich über den miserablen Service."),
)

ENGLISH = (
    (1, "The advice was excellent, thank you very much."),
    (1, "I am very satisfied with the delivery."),
    (1, "Great quality and a fair price."),
    (1, "Your colleague was friendly and helped me quickly."),
    (1, "Everything was perfect, I would buy again."),
    (1, "I really like the new app."),
    (1, "Amazing service, highly recommended."),
    (1, "The parcel arrived on time and well packed."),
    (1, "I am glad about the quick solution."),
    (1, "No problems at all, it works flawlessly."),
    (1, "Beautiful packaging, a real pleasure."),
    (1, "Many thanks for the competent and patient help."),
    (1, "I love this coffee."),
    (1, "The exchange was easy and generous."),
    (1, "Not bad, I did not expect that."),
    (-1, "The goods arrived damaged."),
    (-1, "I have been waiting for three weeks and I am very angry."),
    (-1, "Customer service was rude and incompetent."),
    (-1, "This is outrageous, I am cancelling."),
    (-1, "Unfortunately the device doesn't work."),
    (-1, "I am disappointed by the poor quality."),
    (-1, "Never again, it was a disaster."),
    (-1, "The item is broken and nobody helps me."),
    (-1, "The invoice is wrong and you ignore me."),
    (-1, "I am not happy with your answer."),
    (-1, "Another delay, this is annoying."),
    (-1, "Totally defective, a waste of money."),
    (-1, "The hotline is terrible."),
    (-1, "The product is useless and far too expensive."),
    (-1, "I want to complain about the awful support."),
)
